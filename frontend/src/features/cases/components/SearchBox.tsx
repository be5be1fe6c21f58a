/** Finds the cases that somebody speaks of. */
import { CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState, type RefObject } from 'react';

interface SearchBoxProps {
  found: string;
  field: RefObject<HTMLInputElement | null>;
  onFind: (text: string) => void;
}

export function SearchBox({ found, field, onFind }: SearchBoxProps) {
  const [text, setText] = useState(found);
  return (
    <form
      role="search"
      style={{ flex: '0 1 370px' }}
      onSubmit={(event) => {
        event.preventDefault();
        onFind(text.trim());
      }}
    >
      <TextInput
        ref={field}
        size="xs"
        aria-label="Find cases"
        aria-keyshortcuts="/"
        title="Press / to come here, Enter to search"
        placeholder="Number, reader’s number, pseudonym or file name"
        value={text}
        maxLength={200}
        leftSection={<IconSearch size={14} aria-hidden />}
        onChange={(event) => setText(event.currentTarget.value)}
        rightSection={found !== '' && <CloseButton size="xs" aria-label="Search no more" onClick={() => onFind('')} />}
        data-testid="cases-find"
      />
    </form>
  );
}

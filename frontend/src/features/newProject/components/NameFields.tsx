/** What a new project is called, by people and in addresses. */
import { TextInput } from '@mantine/core';

interface NameFieldsProps {
  name: string;
  slug: string;
  onName: (name: string) => void;
  onSlug: (slug: string) => void;
}

export function NameFields({ name, slug, onName, onSlug }: NameFieldsProps) {
  return (
    <>
      <TextInput
        size="xs"
        w={320}
        label="What people see"
        value={name}
        maxLength={200}
        autoFocus
        onChange={(event) => onName(event.currentTarget.value)}
        data-testid="new-project-name"
      />
      <TextInput
        size="xs"
        w={220}
        label="Short name in addresses"
        description="letters, digits, - and _; it stays as it is"
        inputWrapperOrder={['label', 'input', 'description']}
        value={slug}
        maxLength={64}
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => onSlug(event.currentTarget.value)}
        data-testid="new-project-slug"
      />
    </>
  );
}

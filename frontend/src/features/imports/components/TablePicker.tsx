/** Chooses a label table by mouse or keyboard. */
import { Button } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { useRef } from 'react';

interface TablePickerProps {
  label: string;
  disabled?: boolean;
  loading?: boolean;
  onTable: (table: File) => void;
}

export function TablePicker({ label, disabled = false, loading = false, onTable }: TablePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTable size={14} aria-hidden />}
        disabled={disabled}
        loading={loading}
        onClick={() => input.current?.click()}
      >
        {label}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values"
        aria-label={label}
        data-testid="labels-file"
        onChange={({ currentTarget }) => {
          const table = currentTarget.files?.[0];
          if (table !== undefined) onTable(table);
          // The same choice made twice should count twice.
          currentTarget.value = '';
        }}
      />
    </>
  );
}

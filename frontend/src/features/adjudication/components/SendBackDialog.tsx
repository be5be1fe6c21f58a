/** A question to the reader behind a letter; her answer reopens the case. */
import { Button, Group, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { errorMessage } from '../../../api/errors';
import { Dialog } from '../../../components/dialogs/Dialog';

interface SendBackDialogProps {
  opened: boolean;
  labels: string[];
  /** What is written and not sent. */
  note: string;
  onNote: (note: string) => void;
  onClose: () => void;
  onSend: (label: string, note: string) => Promise<void>;
}

export function SendBackDialog({ opened, labels, note, onNote, onClose, onSend }: SendBackDialogProps) {
  const [chosen, setLabel] = useState<string | null>(null);
  const label = chosen ?? labels[0] ?? '';
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (note.trim() === '' || busy) return;
    setBusy(true);
    try {
      await onSend(label, note.trim());
      onNote('');
    } catch (failure) {
      setError(errorMessage(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title="Ask a reader" opened={opened} onClose={onClose} testId="send-back-dialog">
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <Text size="sm">
            The reader sees your question and not who asks. The case waits until the read is submitted again.
          </Text>
          <SegmentedControl
            value={label}
            onChange={setLabel}
            data={labels.map((letter) => ({ value: letter, label: `Read ${letter}` }))}
          />
          <Textarea
            label="Question"
            description="Ctrl Enter sends"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            rows={3}
            value={note}
            data-autofocus
            data-testid="send-back-note"
            onChange={(event) => onNote(event.currentTarget.value)}
          />
          {error !== null && (
            <Text size="sm" c="red.4" role="alert">
              {error}
            </Text>
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={busy} disabled={note.trim() === ''} title="Ctrl Enter" data-testid="send-back-done">
              Send
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

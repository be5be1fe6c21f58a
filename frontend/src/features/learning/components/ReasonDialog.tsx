/** A change that is kept with the reason somebody gave for it. Ctrl+Enter and Enter send it. */
import { Button, Group, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';

import { Dialog } from '../../../components/dialogs/Dialog';

interface ReasonDialogProps {
  opened: boolean;
  title: string;
  button: string;
  busy: boolean;
  children: ReactNode;
  onClose: () => void;
  onReason: (reason: string) => void;
}

export function ReasonDialog({ opened, title, button, busy, children, onClose, onReason }: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const given = reason.trim();
  return (
    <Dialog title={title} opened={opened} onClose={onClose} testId="reason-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (given !== '' && !busy) onReason(given);
        }}
      >
        <p className="lh-note" style={{ marginTop: 0 }}>
          {children}
        </p>
        <TextInput
          label="Reason"
          description="Enter or Ctrl Enter sends"
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={reason}
          maxLength={300}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" disabled={given === ''} loading={busy}>
            {button}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}

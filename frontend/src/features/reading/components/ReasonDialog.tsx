/** One dialog for what needs a reason: skip, flag, not readable, correct. */
import { Button, Group, Radio, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { errorMessage } from '../../../api/errors';
import { Dialog } from '../../../components/dialogs/Dialog';
import { useStillShown } from '../../../hooks/useStillShown';
import { tellOfLeftCase } from '../opening/carriedNotice';

interface ReasonDialogProps {
  title: string;
  lead: string;
  testId: string;
  /** Fixed reasons to choose from; none where only text is asked. */
  reasons?: { value: string; label: string }[];
  /** Whether the text may stay empty, given the chosen reason. */
  textOptional: (reason: string) => boolean;
  textLabel: string;
  action: string;
  /** What was written so far; a closed dialog does not lose it. */
  text: string;
  onText: (text: string) => void;
  onClose: () => void;
  onDone: (reason: string, text: string) => Promise<void>;
}

export function ReasonDialog(props: ReasonDialogProps) {
  const { title, lead, testId, reasons, textOptional, textLabel, action, text, onText, onClose, onDone } = props;
  const [reason, setReason] = useState(reasons?.[0].value ?? '');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const isStillShown = useStillShown(testId);
  const isReady = text.trim() !== '' || textOptional(reason);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || busy) return;
    setBusy(true);
    try {
      await onDone(reason, text.trim());
    } catch (failure) {
      const message = errorMessage(failure);
      // Closed before the answer came: what was written is kept, and she is told all the same.
      if (!isStillShown(testId)) tellOfLeftCase({ tone: 'refused', text: `${title}, not sent: ${message}` });
      setError(message);
      setBusy(false);
    }
  };

  return (
    <Dialog title={title} opened onClose={onClose} testId={`${testId}-dialog`}>
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="sm">
          <Text size="sm">{lead}</Text>
          {reasons !== undefined && (
            <Radio.Group value={reason} onChange={setReason} aria-label="Reason">
              <Stack gap={6}>
                {reasons.map(({ value, label }, index) => (
                  <Radio key={value} value={value} label={label} data-autofocus={index === 0 || undefined} />
                ))}
              </Stack>
            </Radio.Group>
          )}
          <Textarea
            label={textLabel}
            description="Ctrl Enter sends"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            rows={2}
            value={text}
            data-autofocus={reasons === undefined || undefined}
            data-testid={`${testId}-text`}
            onChange={(event) => onText(event.currentTarget.value)}
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
            <Button type="submit" loading={busy} disabled={!isReady} title="Ctrl Enter" data-testid={`${testId}-done`}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

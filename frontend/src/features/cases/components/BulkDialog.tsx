/** One action on the chosen cases: what it means, a reason where it takes one, and what became of each. */
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';

import { Dialog } from '../../../components/dialogs/Dialog';
import { Notice } from '../../../components/messages/Notice';
import { Refused } from '../../../components/messages/Refused';
import { count, plural } from '../../../lib/format';
import type { Bulk } from '../api/bulk';
import { MOST_CASES, namesOf, outcomeSentence, refusalsOf, type ChosenCase } from '../outcome';

/** What the page gives every one of these dialogs. */
export interface BulkDialogProps {
  slug: string;
  cases: ChosenCase[];
  /** It was done, with all cases or with some. */
  onDone: () => void;
  onClose: () => void;
}

interface Action {
  title: string;
  /** What follows, in a sentence or two. */
  children: ReactNode;
  /** Of its button: `Exclude`. */
  verb: string;
  /** Of its outcome: `excluded`. */
  done: string;
  color?: string;
  /** Under the field for the reason; without it none is asked. */
  reason?: string;
  bulk: Bulk;
}

export function BulkDialog({ cases, onDone, onClose, bulk, ...action }: Omit<BulkDialogProps, 'slug'> & Action) {
  const [reason, setReason] = useState('');
  const tooMany = cases.length > MOST_CASES;
  const isReady = cases.length > 0 && !tooMany && (action.reason === undefined || reason.trim() !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || bulk.isPending) return;
    bulk.mutate(
      { cases: cases.map((each) => each.id), reason: reason.trim() },
      { onSuccess: (outcome) => outcome.refused.length === 0 && onDone() },
    );
  };
  if (bulk.isSuccess && bulk.data.refused.length > 0) {
    return (
      <Dialog title={action.title} opened onClose={onDone} size={560} testId="bulk-outcome">
        <Stack gap={14}>
          <Text size="sm">{outcomeSentence(bulk.data, action.done)}</Text>
          {refusalsOf(bulk.data, cases).map(({ message, labels }) => (
            <Notice key={message} tone="warn">
              <strong>{namesOf(labels)}</strong>: {message}
            </Notice>
          ))}
          <Group justify="flex-end">
            <Button onClick={onDone} data-autofocus data-testid="bulk-done">
              Done
            </Button>
          </Group>
        </Stack>
      </Dialog>
    );
  }
  return (
    <Dialog title={action.title} opened onClose={onClose} size={560} testId="bulk-dialog">
      <form onSubmit={submit}>
        <Stack gap={14}>
          <Text size="sm" fw={600} data-testid="bulk-cases">
            {cases.length === 1 ? cases[0]?.label : `${plural(cases.length, 'case')}: ${namesOf(cases.map((each) => each.label))}`}
          </Text>
          <Text size="sm">{action.children}</Text>
          {action.reason !== undefined && (
            <Textarea
              label="Reason"
              description={action.reason}
              autosize
              minRows={2}
              maxRows={6}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              data-autofocus
              data-testid="bulk-reason"
            />
          )}
          {tooMany && <Notice tone="warn">Choose at most {count(MOST_CASES)} cases at once.</Notice>}
          {bulk.isError && <Refused error={bulk.error} />}
          <Group justify="flex-end" gap={10}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" color={action.color} disabled={!isReady} loading={bulk.isPending} data-testid="bulk-confirm">
              {action.verb} {plural(cases.length, 'case')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

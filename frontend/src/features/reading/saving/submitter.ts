/**
 * Sends a read until an answer comes. The request is journalled with its identifier before it is sent, so neither a lost
 * connection nor a closed tab can lose it or make two of it.
 */
import type { SubmitAnswer } from '../api/sendRead';
import type { Journal, JournalEntry, PendingSubmit } from './journal';
import { untilAnswered, type Answer, type Patience } from './untilAnswered';

export interface SubmitterOptions extends Patience {
  assignment: string;
  journal: Journal;
  send: (submit: PendingSubmit) => Promise<SubmitAnswer>;
  baseVersion: number;
  now: () => number;
}

export async function submitUntilAnswered(submit: PendingSubmit, options: SubmitterOptions): Promise<Answer<SubmitAnswer>> {
  const { assignment, journal } = options;
  const entry: JournalEntry = {
    document: submit.document,
    baseVersion: options.baseVersion,
    changes: 1,
    since: options.now(),
    amending: submit.kind === 'amend',
    submit,
  };
  await journal.put(assignment, entry);
  const result = await untilAnswered(() => options.send(submit), options);
  if (result.kind === 'done') await journal.remove(assignment);
  // The content stays; only the submit itself is over.
  else await journal.put(assignment, { ...entry, submit: null });
  return result;
}

/**
 * Sends a read until an answer comes. The request is journalled with its identifier before it is sent, so neither a lost
 * connection nor a closed tab can lose it or make two of it.
 */
import type { SubmitAnswer } from '../api/sendRead';
import type { Journal, PendingSubmit, SentEntry } from './journal';
import { untilAnswered, type Answer, type Patience } from './untilAnswered';

export interface SubmitterOptions extends Patience {
  assignment: string;
  journal: Journal;
  send: (submit: PendingSubmit) => Promise<SubmitAnswer>;
}

export async function submitUntilAnswered(entry: SentEntry, options: SubmitterOptions): Promise<Answer<SubmitAnswer>> {
  const { assignment, journal, send } = options;
  await journal.put(assignment, entry);
  const result = await untilAnswered(() => send(entry.submit), options);
  if (result.kind === 'done') await journal.remove(assignment);
  // The content stays, on the draft that it was made on; only the submit itself is over.
  else await journal.put(assignment, { ...entry, submit: null });
  return result;
}

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

/** Overtaken: the case was opened again meanwhile and its read is sent from there, perhaps with other content. */
export type Submitted = Answer<SubmitAnswer> | { kind: 'overtaken' };

/** What is being sent of each case; the later takes the place of the earlier. */
const newest = new Map<string, SentEntry>();

export async function submitUntilAnswered(entry: SentEntry, options: SubmitterOptions): Promise<Submitted> {
  const { assignment, journal, send } = options;
  newest.set(assignment, entry);
  const isOvertaken = () => newest.get(assignment) !== entry;
  await journal.put(assignment, entry);
  const result = await untilAnswered(async () => (isOvertaken() ? null : send(entry.submit)), options);
  if (isOvertaken()) return { kind: 'overtaken' };
  newest.delete(assignment);
  if (result.kind === 'refused') {
    // The content stays, on the draft that it was made on; only the submit itself is over.
    await journal.put(assignment, { ...entry, submit: null });
    return result;
  }
  await journal.remove(assignment);
  return { kind: 'done', answer: result.answer! };
}

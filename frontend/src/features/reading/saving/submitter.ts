/**
 * Sends a read until an answer comes. The request is journalled with its identifier before it is sent, so neither a lost
 * connection nor a closed tab can lose it or make two of it.
 */
import { ApiError } from '../../../api/errors';
import type { SubmitAnswer } from '../api/sendRead';
import type { Journal, JournalEntry, PendingSubmit } from './journal';

export type SubmitResult = { kind: 'done'; answer: SubmitAnswer } | { kind: 'refused'; error: ApiError };

export interface SubmitterOptions {
  assignment: string;
  journal: Journal;
  send: (submit: PendingSubmit) => Promise<SubmitAnswer>;
  /** Told each time no answer came; the submitter goes on trying. */
  onWaiting: (error: ApiError) => void;
  /** Resolves when it is worth another try: after a pause, or when connection or sign-in are back. */
  pause: (attempt: number, error: ApiError) => Promise<void>;
  baseVersion: number;
  now: () => number;
}

export async function submitUntilAnswered(submit: PendingSubmit, options: SubmitterOptions): Promise<SubmitResult> {
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
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await options.send(submit);
      await journal.remove(assignment);
      return { kind: 'done', answer };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isFinal(error)) {
        // The content stays; only the submit itself is over.
        await journal.put(assignment, { ...entry, submit: null });
        return { kind: 'refused', error };
      }
      options.onWaiting(error);
      await options.pause(attempt, error);
    }
  }
}

/** An answer that another try cannot change. No answer, an overloaded server and a lost sign-in can. */
function isFinal(error: ApiError): boolean {
  return error.status >= 400 && error.status < 500 && error.status !== 401 && error.status !== 429;
}

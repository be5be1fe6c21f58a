/** What to do with a journal entry found when a case is opened. Pure. */
import type { ReadDocument, WorkspacePayload } from '../../../api/types';
import { sameDocument } from '../session/edits';
import type { GivenUp, JournalEntry, SentEntry } from './journal';

export type Replay =
  /** Nothing kept, or nothing that the server does not have. */
  | { kind: 'none' }
  /** Changes made on the draft that the server still has: save them. */
  | { kind: 'push'; document: ReadDocument; since: number; changes: number }
  /** A submit whose answer never came: send it again, under the same identifier. */
  | { kind: 'submit'; document: ReadDocument; entry: SentEntry }
  /** A correction that was begun and not submitted, here or before the case was taken back. It is shown, even where it
   *  can no longer be submitted: what was done is given up by its reader only. */
  | { kind: 'amend'; document: ReadDocument }
  /** The server's draft has moved on: the reader must choose. */
  | { kind: 'conflict'; mine: ReadDocument };

/** `givenUp`: what the server has not been told of yet, and must not be taken up again. */
export function planReplay(payload: WorkspacePayload, entry: JournalEntry | null, givenUp: GivenUp | null): Replay {
  const aside = payload.draft_aside;
  if (entry === null) {
    return aside === null || aside.version === givenUp?.aside ? { kind: 'none' } : { kind: 'amend', document: aside.document };
  }
  if (entry.submit !== null) {
    return { kind: 'submit', document: entry.submit.document, entry: { ...entry, submit: entry.submit } };
  }
  if (sameDocument(entry.document, payload.draft.document)) return { kind: 'none' };
  if (payload.assignment.state === 'submitted') return { kind: 'amend', document: entry.document };
  if (entry.baseVersion === payload.draft.version) {
    return { kind: 'push', document: entry.document, since: entry.since, changes: entry.changes };
  }
  return { kind: 'conflict', mine: entry.document };
}

/** What to do with it when the server refuses: it is work as any other, on the draft that it was made on. */
export function planRefused(payload: WorkspacePayload, entry: SentEntry): Replay {
  return planReplay(payload, { ...entry, submit: null }, null);
}

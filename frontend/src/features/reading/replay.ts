/** What to do with a journal entry found when a case is opened. Pure. */
import type { ReadDocument, WorkspacePayload } from '../../api/types';
import { sameDocument } from './edits';
import type { JournalEntry, PendingSubmit } from './journal';

export type Replay =
  /** Nothing kept, or nothing that the server does not have. */
  | { kind: 'none' }
  /** Changes made on the draft that the server still has: save them. */
  | { kind: 'push'; document: ReadDocument; since: number; changes: number }
  /** A submit whose answer never came: send it again, under the same identifier. */
  | { kind: 'submit'; submit: PendingSubmit }
  /** A correction that was begun and not submitted. */
  | { kind: 'amend'; document: ReadDocument }
  /** The server's draft has moved on: the reader must choose. */
  | { kind: 'conflict'; mine: ReadDocument };

export function planReplay(payload: WorkspacePayload, entry: JournalEntry | null): Replay {
  if (entry === null) return { kind: 'none' };
  if (entry.submit !== null) return { kind: 'submit', submit: entry.submit };
  if (sameDocument(entry.document, payload.draft.document)) return { kind: 'none' };
  const { allowed_actions: allowed } = payload;
  if (payload.assignment.state === 'submitted') {
    return allowed.includes('amend') ? { kind: 'amend', document: entry.document } : { kind: 'none' };
  }
  if (entry.baseVersion === payload.draft.version) {
    return { kind: 'push', document: entry.document, since: entry.since, changes: entry.changes };
  }
  return { kind: 'conflict', mine: entry.document };
}

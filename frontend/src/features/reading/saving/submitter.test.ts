import { describe, expect, it, vi } from 'vitest';

import { ApiError } from '../../../api/errors';
import { emptyDocument } from '../../../testing/payloads';
import type { SubmitAnswer } from '../api/sendRead';
import type { Journal, JournalEntry, PendingSubmit, SentEntry } from './journal';
import { submitUntilAnswered } from './submitter';

const submit: PendingSubmit = {
  client_uuid: 'one',
  kind: 'submit',
  document: emptyDocument,
  active_ms: 10,
  display_state: {},
  reason: null,
};
const entry: SentEntry = { document: emptyDocument, baseVersion: 3, changes: 2, since: 5, amending: false, submit };
const answer: SubmitAnswer = { read: { id: 'r', version: 1, submitted_at: 'now' }, late: false };

function bench(answers: (SubmitAnswer | ApiError)[]) {
  const kept = new Map<string, JournalEntry>();
  const sent: string[] = [];
  const waited: string[] = [];
  const journal: Journal = {
    get: async (id) => kept.get(id) ?? null,
    put: async (id, entry) => Boolean(kept.set(id, entry)),
    remove: async (id) => void kept.delete(id),
  };
  const options = {
    assignment: 'a1',
    journal,
    send: async (pending: PendingSubmit) => {
      sent.push(pending.client_uuid);
      expect(kept.get('a1')?.submit?.client_uuid).toBe('one');
      const next = answers.shift()!;
      if (next instanceof ApiError) throw next;
      return next;
    },
    onWaiting: (error: ApiError) => waited.push(error.code),
    pause: async () => undefined,
  };
  return { options, kept, sent, waited };
}

describe('submitting', () => {
  it('sends the same identifier until an answer comes, and keeps it in the journal until then', async () => {
    const lost = new ApiError(0, 'offline', '');
    const signedOut = new ApiError(401, 'not_authenticated', '');
    const { options, kept, sent, waited } = bench([lost, new ApiError(503, 'busy', ''), signedOut, answer]);
    expect(await submitUntilAnswered(entry, options)).toEqual({ kind: 'done', answer });
    expect(sent).toEqual(['one', 'one', 'one', 'one']);
    expect(waited).toEqual(['offline', 'busy', 'not_authenticated']);
    expect(kept.size).toBe(0);
  });

  it('gives way when the case was opened again and is sent from there', async () => {
    const { options, kept, sent } = bench([new ApiError(0, 'offline', ''), answer]);
    let endPause = () => undefined as void;
    const pause = () => new Promise<void>((resolve) => (endPause = resolve));
    const earlier = submitUntilAnswered(entry, { ...options, pause });
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(await submitUntilAnswered({ ...entry }, options)).toEqual({ kind: 'done', answer });
    const later: JournalEntry = { ...entry, submit: null };
    kept.set('a1', later);
    endPause();
    expect(await earlier).toEqual({ kind: 'overtaken' });
    expect(sent).toEqual(['one', 'one']);
    expect(kept.get('a1')).toBe(later);
  });

  it('stops at a refusal and leaves the content in the journal, on the draft it was made on', async () => {
    const refusal = new ApiError(422, 'incomplete', 'Open.', { missing: ['nodule'] });
    const { options, kept } = bench([refusal]);
    expect(await submitUntilAnswered(entry, options)).toEqual({ kind: 'refused', error: refusal });
    expect(kept.get('a1')).toEqual({ ...entry, submit: null });
  });
});

import { describe, expect, it } from 'vitest';

import { ApiError } from '../../../api/errors';
import type { ReadDocument } from '../../../api/types';
import { emptyDocument } from '../../../testing/payloads';
import type { Journal, JournalEntry } from './journal';
import { SaveQueue, type SaveStatus } from './saveQueue';

function comment(text: string): ReadDocument {
  return { ...emptyDocument, comment: text };
}

/** A server whose answers the test decides one by one, and the queue that talks to it. */
function bench() {
  const sent: { comment: string; version: number; answer: (error?: ApiError) => void }[] = [];
  const statuses: SaveStatus[] = [];
  const timers: { callback: () => void; ms: number }[] = [];
  const kept = new Map<string, JournalEntry>();
  const journal: Journal = {
    get: async (assignment) => kept.get(assignment) ?? null,
    put: async (assignment, entry) => Boolean(kept.set(assignment, entry)),
    remove: async (assignment) => void kept.delete(assignment),
  };
  const queue = new SaveQueue({
    assignment: 'a1',
    version: 1,
    journal,
    send: (document, version) =>
      new Promise((resolve, reject) => {
        const answer = (error?: ApiError) => (error ? reject(error) : resolve({ version: version + 1 }));
        sent.push({ comment: document.comment, version, answer });
      }),
    onStatus: (status) => statuses.push(status),
    now: () => 1000,
    later: (callback, ms) => {
      timers.push({ callback, ms });
      return () => undefined;
    },
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
  return { queue, sent, statuses, timers, kept, settle, last: () => statuses[statuses.length - 1] };
}

const offline = new ApiError(0, 'offline', 'No connection.');

describe('save queue', () => {
  it('sends one request at a time, the newest content, each on the version of the answer before', async () => {
    const { queue, sent, settle, last } = bench();
    queue.push(comment('a'));
    queue.push(comment('ab'));
    queue.push(comment('abc'));
    expect(sent.map((request) => request.comment)).toEqual(['a']);
    sent[0].answer();
    await settle();
    expect(sent.map((request) => [request.comment, request.version])).toEqual([
      ['a', 1],
      ['abc', 2],
    ]);
    sent[1].answer();
    await settle();
    expect(last()).toEqual({ kind: 'saved', at: 1000 });
  });

  it('journals each letter at once and sends when the hands rest', async () => {
    const { queue, sent, timers, kept, settle, last } = bench();
    queue.pushTyped(comment('a'));
    queue.pushTyped(comment('ab'));
    await settle();
    expect(kept.get('a1')).toMatchObject({ changes: 1, document: { comment: 'ab' } });
    expect(sent).toEqual([]);
    expect(last()).toEqual({ kind: 'saving' });
    timers[timers.length - 1].callback();
    expect(sent.map((request) => request.comment)).toEqual(['ab']);
    sent[0].answer();
    await settle();
    expect(last()).toEqual({ kind: 'saved', at: 1000 });
  });

  it('sends what was typed with the next other change, without waiting', () => {
    const { queue, sent } = bench();
    queue.pushTyped(comment('a'));
    queue.push(comment('a, and an answer'));
    expect(sent.map((request) => request.comment)).toEqual(['a, and an answer']);
  });

  it('journals before it sends and forgets only what was confirmed', async () => {
    const { queue, sent, kept, settle } = bench();
    queue.push(comment('a'));
    await settle();
    expect(kept.get('a1')).toMatchObject({ baseVersion: 1, changes: 1, document: { comment: 'a' } });
    sent[0].answer();
    await settle();
    expect(kept.size).toBe(0);
  });

  it('says how many changes wait since when, retries with growing pauses and recovers', async () => {
    const { queue, sent, timers, settle, last } = bench();
    queue.push(comment('a'));
    queue.push(comment('ab'));
    sent[0].answer(offline);
    await settle();
    expect(last()).toMatchObject({ kind: 'unsaved', since: 1000, changes: 2, reason: 'offline', kept: true });
    timers[0].callback();
    sent[1].answer(offline);
    await settle();
    expect(timers.map((timer) => timer.ms)).toEqual([1000, 2000]);
    timers[1].callback();
    expect(sent[2].comment).toBe('ab');
    sent[2].answer();
    await settle();
    expect(last()).toEqual({ kind: 'saved', at: 1000 });
  });

  it('hands over both versions when the server has another one, and sends nothing meanwhile', async () => {
    const { queue, sent, settle, last } = bench();
    queue.push(comment('mine'));
    const server = { version: 7, document: comment('theirs') };
    sent[0].answer(new ApiError(412, 'stale_version', 'Stale.', server));
    await settle();
    expect(last()).toEqual({ kind: 'conflict', mine: comment('mine'), server });
    queue.push(comment('mine too'));
    expect(sent).toHaveLength(1);
    queue.resolve(comment('mine'), 7);
    expect(sent[1]).toMatchObject({ comment: 'mine', version: 7 });
  });

  it('recognises its own save when only the answer was lost', async () => {
    const { queue, sent, settle, last } = bench();
    queue.push(comment('a'));
    sent[0].answer(new ApiError(412, 'stale_version', 'Stale.', { version: 2, document: comment('a') }));
    await settle();
    expect(last()).toEqual({ kind: 'saved', at: 1000 });
    queue.push(comment('b'));
    expect(sent[1].version).toBe(2);
  });

  it('waits for a new sign-in without retrying by itself', async () => {
    const { queue, sent, timers, settle, last } = bench();
    queue.push(comment('a'));
    sent[0].answer(new ApiError(401, 'not_authenticated', 'Sign in.'));
    await settle();
    expect(last()).toMatchObject({ kind: 'unsaved', reason: 'signedOut' });
    expect(timers).toHaveLength(0);
    queue.resume();
    expect(sent).toHaveLength(2);
  });

  it('sends nothing after it was stopped for the submit', async () => {
    const { queue, sent, settle } = bench();
    queue.push(comment('a'));
    queue.push(comment('ab'));
    const stopped = queue.stop();
    sent[0].answer();
    await stopped;
    await settle();
    expect(sent).toHaveLength(1);
  });
});

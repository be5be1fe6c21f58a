import { describe, expect, it } from 'vitest';

import type { Worker } from '../api/administration';
import { workerSentence } from './WorkersPanel';

const NOW = new Date(2026, 10, 2, 12, 0);
const idle: Worker = {
  name: 'learning',
  state: 'idle',
  heard_at: null,
  heard_from: '',
  n_running: 0,
  n_waiting: 0,
  waiting_since: null,
};

describe('what is said of a worker', () => {
  it.each<[Partial<Worker>, string]>([
    [{}, 'no job of it is on record; nothing waits for it'],
    [{ heard_at: new Date(2026, 10, 2, 9, 5).toISOString() }, 'not heard of since 09:05; nothing waits for it'],
    [{ n_waiting: 1 }, 'no job of it is on record; 1 job waits'],
    [{ state: 'working', n_running: 1, n_waiting: 2 }, 'works on 1 job; 2 jobs wait'],
    [{ state: 'heard', heard_at: NOW.toISOString() }, 'heard of just now'],
    [{ state: 'silent', n_waiting: 1 }, 'no job of it is on record; 1 job waits. Is it running? Look at its log.'],
  ])('%o: %s', (changed, sentence) => {
    expect(workerSentence({ ...idle, ...changed }, NOW)).toBe(sentence);
  });
});

import { describe, expect, it } from 'vitest';

import type { Deletion } from '../api/administration';
import { stateSentence } from './DeletionsPanel';

const NOW = new Date(2026, 10, 2, 12, 0);
const at = (hour: number) => new Date(2026, 10, 2, hour, 0).toISOString();
const waiting = {
  state: 'waiting',
  due_at: at(18),
  taken_back_at: null,
  finished_at: null,
  n_cases: 0,
  n_reads: 0,
  progress: null,
  message: '',
} as Partial<Deletion> as Deletion;

describe('what is said of a deletion', () => {
  it.each<[Partial<Deletion>, string]>([
    [{}, 'until 18:00'],
    [{ due_at: at(11) }, 'until its deletion begins, any moment'],
    [{ state: 'running' }, 'it has begun'],
    [{ state: 'running', progress: { stage: 'deleting cases', done: 50, total: 200 } }, 'deleting cases, 50 of 200 cases'],
    [
      { state: 'running', message: 'The store does not answer.' },
      'the last attempt failed and is made again: The store does not answer.',
    ],
    [{ state: 'done', finished_at: at(9), n_cases: 1, n_reads: 1200 }, '09:00: 1 case, 1,200 reads'],
    [{ state: 'taken_back', taken_back_at: at(10) }, '10:00'],
  ])('%o: %s', (changed, sentence) => {
    expect(stateSentence({ ...waiting, ...changed }, NOW)).toBe(sentence);
  });
});

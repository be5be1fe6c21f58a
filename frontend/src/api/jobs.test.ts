/** A job says what it does and how far it is, and claims nothing it does not know. */
import { expect, it } from 'vitest';

import { progressShare, progressText } from './jobs';

it('reads both kinds of counters', () => {
  expect([progressShare({ done: 3, total: 12 }), progressShare({ step: 10, total: 750 })]).toEqual([0.25, 10 / 750]);
  expect([progressShare({}), progressShare({ done: 3 }), progressShare(null)]).toEqual([null, null, null]);
});

it('names the stage in words', () => {
  expect(progressText({ stage: 'train', step: 10, total: 750 })).toBe('Training, 10 of 750');
  expect(progressText({ done: 5, total: 40 })).toBe('5 of 40');
  expect(progressText({ stage: 'start' })).toBe('Starting');
  expect(progressText({})).toBe('Waiting for a worker');
});

/** One line says what a person has in hand, and what she would lose with a role. */
import { expect, it } from 'vitest';

import type { MemberWork } from './api/work';
import { inHandSentence, lostSentence } from './inHand';

const NOW = new Date('2026-11-27T12:00:00Z');
const NONE: MemberWork = {
  user: '7d1f2f9a-91a5-4f0e-9f5c-0a6a3c3d9f10',
  n_open: 0,
  n_reserved: 0,
  n_returned: 0,
  n_skipped: 0,
  n_adjudications: 0,
  oldest_at: null,
};

it('names only what there is, and how long the oldest has been open', () => {
  expect(inHandSentence(undefined, NOW)).toBe('–');
  expect(inHandSentence(NONE, NOW)).toBe('–');
  const some = { ...NONE, n_open: 2, n_returned: 1, n_skipped: 100, oldest_at: '2026-11-27T09:00:00Z' };
  expect(inHandSentence(some, NOW)).toBe('2 open, 1 sent back, 100 or more skipped, oldest 3 h ago');
});

it('says what goes back with a role', () => {
  const work = { ...NONE, n_open: 1, n_reserved: 1, n_adjudications: 1 };
  expect(lostSentence(work, { reader: false, adjudicator: false })).toBe('');
  expect(lostSentence(work, { reader: true, adjudicator: false })).toMatch(/^2 cases she has open or reserved: /);
  expect(lostSentence(work, { reader: true, adjudicator: true })).toContain('and 1 case she is deciding');
});

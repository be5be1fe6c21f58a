/** Leave covers whole days of this browser's calendar, and says so as a person would. */
import { expect, it } from 'vitest';

import { absenceSentence, leaveOf } from './absence';

const ID = '7d1f2f9a-91a5-4f0e-9f5c-0a6a3c3d9f10';

it('lasts from the first day to the end of the last one', () => {
  const leave = leaveOf('2026-12-30', '2026-12-31');
  expect(leave?.begins_at).toBe(new Date(2026, 11, 30).toISOString());
  expect(leave?.ends_at).toBe(new Date(2027, 0, 1).toISOString());
  expect(leaveOf('2026-12-30', '2026-12-30')).not.toBeNull();
});

it('is none while its days are missing or the wrong way round', () => {
  expect(leaveOf('', '2026-12-31')).toBeNull();
  expect(leaveOf('2026-12-31', '')).toBeNull();
  expect(leaveOf('2026-12-31', '2026-12-30')).toBeNull();
});

it('names its last day, not the moment after it', () => {
  const leave = leaveOf('2026-12-30', '2026-12-31') as { begins_at: string; ends_at: string };
  expect(absenceSentence({ id: ID, ...leave, has_begun: true })).toBe('on leave until 31 Dec 2026');
  expect(absenceSentence({ id: ID, ...leave, has_begun: false })).toBe('on leave 30 Dec 2026 to 31 Dec 2026');
  expect(absenceSentence({ id: ID, begins_at: leave.begins_at, ends_at: null, has_begun: true })).toBe('paused');
});

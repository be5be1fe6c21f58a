/** A person who tried too often is told for how long. */
import { expect, it } from 'vitest';

import { secondsToWait } from './throttle';

it('takes the seconds from the sentence and a minute where it names none', () => {
  expect(secondsToWait(new Error('Request was throttled. Expected available in 37 seconds.'))).toBe(37);
  expect(secondsToWait(new Error('Request was throttled. Expected available in 1 second.'))).toBe(1);
  expect(secondsToWait(new Error('Request was throttled.'))).toBe(60);
});

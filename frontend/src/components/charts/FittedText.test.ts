import { expect, it } from 'vitest';

import { shortened } from './FittedText';

it('shortens a name that is too long for its place, and no other', () => {
  expect(shortened('Effusion', 8)).toBe('Effusion');
  expect(shortened('Effusion, any size', 10)).toBe('Effusion,…');
  expect(shortened('Effusion', 1)).toBe('E…');
});

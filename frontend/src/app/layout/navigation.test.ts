import { expect, it } from 'vitest';

import { isPageOf } from './navigation';

it.each([
  ['imports', ['engineer'], false],
  ['schema', ['engineer', 'reader'], false],
  ['cases', ['engineer'], true],
  ['worklist', ['manager', 'reader'], true],
  ['images', ['engineer'], true],
] as const)('%s is a page of %o: %s', (path, roles, expected) => {
  expect(isPageOf(path, [...roles])).toBe(expected);
});

it('leaves an import to its maker, whose role may have changed', () => {
  expect(isPageOf('imports', ['engineer'], 'an-id')).toBe(true);
});

import { describe, expect, it } from 'vitest';

import { slugOf } from './slug';

describe('the short name of a project', () => {
  it.each([
    ['Chest films 2026', 'chest-films-2026'],
    ['Knöchel & Fuß', 'knochel-fuss'],
    ['  Hôpital Saint-Łukasz  ', 'hopital-saint-lukasz'],
    ['胸部', ''],
    ['---', ''],
  ])('of %j is %j', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });

  it('is as long as an address may be, and does not end in a hyphen', () => {
    expect(slugOf(`${'x'.repeat(63)} y`)).toBe('x'.repeat(63));
  });
});

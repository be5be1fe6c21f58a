import { describe, expect, it } from 'vitest';

import type { PolicyValues } from './api/learning';
import { differences, merged } from './policyMerge';

const BASE = { min_cases: 20, seed: 1, acquisition: 'entropy', every_n_labels: null } as PolicyValues;

describe('two people on one policy', () => {
  it('names the fields that somebody changed', () => {
    expect(differences(BASE, { ...BASE, seed: 2, every_n_labels: 10 })).toEqual(['seed', 'every_n_labels']);
    expect(differences(BASE, BASE)).toEqual([]);
  });

  it('keeps theirs where I changed nothing, and mine where I did', () => {
    const mine = { ...BASE, min_cases: 40, seed: 2 };
    const theirs = { ...BASE, min_cases: 30, acquisition: 'margin' as const };
    expect(merged(BASE, mine, theirs)).toEqual({ ...BASE, min_cases: 40, seed: 2, acquisition: 'margin' });
  });
});

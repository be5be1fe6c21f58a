import { describe, expect, it } from 'vitest';

import { EMPTY, planOf } from './plan';

describe('the plan of a study', () => {
  it('asks everything of everybody at once unless told', () => {
    expect(planOf(EMPTY)).toEqual({
      purpose: 'calibration',
      findings: null,
      numbers: [],
      n_random: 20,
      split: null,
      standing: 'any',
      readers_per_case: 2,
      readers: [],
      not_before: null,
    });
  });

  it('draws no case where they are named', () => {
    const named = planOf({ ...EMPTY, by: 'number', numbers: '4-5', split: 'test', standing: 'closed' });
    expect(named).toMatchObject({ numbers: [4, 5], n_random: 0, split: null, standing: 'any' });
  });

  it('is none while no case is named or drawn', () => {
    expect(planOf({ ...EMPTY, by: 'number' })).toBeNull();
    expect(planOf({ ...EMPTY, by: 'number', numbers: 'all' })).toBeNull();
    expect(planOf({ ...EMPTY, nRandom: 0 })).toBeNull();
  });
});

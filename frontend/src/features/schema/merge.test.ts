import { describe, expect, it } from 'vitest';

import { differences, merged } from './merge';

const base = { readers: 2, iou: 0.4, nodule: 'adjudicate' };

describe('merging a version that was saved meanwhile', () => {
  it('keeps what each of the two changed', () => {
    const saved = { ...base, readers: 3 };
    const mine = { ...base, iou: 0.5 };
    expect(merged(base, mine, saved, new Set())).toEqual({ ...base, readers: 3, iou: 0.5 });
    expect(differences(base, mine, saved).map((each) => [each.part, each.isConflict])).toEqual([
      ['readers', false],
      ['iou', false],
    ]);
  });

  it('asks where both changed the same, and takes the saved one unless told', () => {
    const saved = { ...base, readers: 3 };
    const mine = { ...base, readers: 4 };
    expect(differences(base, mine, saved)).toEqual([{ part: 'readers', saved: 3, mine: 4, isConflict: true }]);
    expect(merged(base, mine, saved, new Set()).readers).toBe(3);
    expect(merged(base, mine, saved, new Set(['readers'])).readers).toBe(4);
  });

  it('shows nothing where both changed to the same', () => {
    expect(differences(base, { ...base, iou: 0.5 }, { ...base, iou: 0.5 })).toEqual([]);
  });

  it('takes away what one took away, and keeps what the other added', () => {
    const { nodule: _gone, ...saved } = base;
    const mine = { ...base, mass: 'soft' };
    expect(merged(base, mine, saved, new Set())).toEqual({ ...saved, mass: 'soft' });
  });
});

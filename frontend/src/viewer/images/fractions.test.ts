import { describe, expect, it } from 'vitest';

import { withFractions } from './fractions';

function slopeOf(slope: number): number {
  const described = withFractions({ '00281053': { vr: 'DS', Value: [slope] } });
  return described['00281053'].Value?.[0] as number;
}

describe('a fractional slope', () => {
  it.each([
    [1 / 32_767, 32_767],
    [0.5, 4000],
    [0.25, 65_532],
    [1.5, 2],
  ])('%d makes no whole number of the highest value, and almost the same', (slope, highest) => {
    const scaled = highest * slopeOf(slope);
    expect(Number.isInteger(scaled)).toBe(false);
    expect(scaled).toBeCloseTo(highest * slope, 6);
  });
});

describe('what is left as it is', () => {
  it.each([1, 2, 300])('a slope of %d', (slope) => {
    expect(slopeOf(slope)).toBe(slope);
  });

  it('a description without a slope', () => {
    const colour = { '00280002': { vr: 'US', Value: [3] } };
    expect(withFractions(colour)).toBe(colour);
  });
});

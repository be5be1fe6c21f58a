import { describe, expect, it } from 'vitest';

import { functionText, rangeOf, windowOf, windowText, type GreyWindow, type WindowFunction } from './window';

const FUNCTIONS: WindowFunction[] = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID', 'LUT'];

/** Windows of all sizes, the same ones in each run. */
function windows(n: number): GreyWindow[] {
  let state = 1;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Array.from({ length: n }, (_, i) => {
    const kind = FUNCTIONS[i % FUNCTIONS.length];
    const width = 10 ** (next() * 8 - 3) + (kind === 'LINEAR' ? 1 : 0);
    return { center: (next() - 0.5) * 10 * width, width, function: kind };
  });
}

/** The grey of a value, by the formulas of the standard as they stand there (y from 0 to 1). */
function greyBy({ center: c, width: w, function: kind }: GreyWindow, x: number): number {
  if (kind === 'LINEAR_EXACT') return x <= c - w / 2 ? 0 : x > c + w / 2 ? 1 : (x - c) / w + 0.5;
  return x <= c - 0.5 - (w - 1) / 2 ? 0 : x > c - 0.5 + (w - 1) / 2 ? 1 : (x - (c - 0.5)) / (w - 1) + 0.5;
}

describe('a window and its ends', () => {
  it('are the same thing, forth and back', () => {
    for (const window of windows(2000)) {
      const back = windowOf(rangeOf(window), window.function);
      const scale = Math.abs(window.center) + window.width + 1;
      expect(back.function).toBe(window.function);
      expect(Math.abs(back.center - window.center) / scale).toBeLessThan(1e-12);
      expect(Math.abs(back.width - window.width) / scale).toBeLessThan(1e-12);
    }
  });

  it('draw what the formulas of the standard say', () => {
    for (const window of windows(2000).filter((each) => each.function.startsWith('LINEAR'))) {
      const { lower, upper } = rangeOf(window);
      for (const share of [-0.5, 0.01, 0.25, 0.5, 0.99, 1.5]) {
        const value = lower + share * (upper - lower);
        expect(greyBy(window, value)).toBeCloseTo(Math.min(Math.max(share, 0), 1), 6);
      }
    }
  });

  it('are those of the header', () => {
    expect(rangeOf({ center: 40, width: 400, function: 'LINEAR_EXACT' })).toEqual({ lower: -160, upper: 240 });
    expect(rangeOf({ center: 40, width: 400, function: 'LINEAR' })).toEqual({ lower: -160, upper: 239 });
    expect(rangeOf({ center: 0.5, width: 1, function: 'LINEAR_EXACT' })).toEqual({ lower: 0, upper: 1 });
  });
});

describe('the words of a window', () => {
  it.each([
    [40, 400, '40', '400'],
    [-600, 1500, '\u2212600', '1500'],
    [2047.5, 4095, '2047.5', '4095'],
    [0.5, 1, '0.5', '1'],
    [0.0005, 0.001, '0.0005', '0.001'],
    [412.33871, 1204.0871, '412.3', '1204.1'],
  ])('have digits enough: %s / %s', (center, width, shownCenter, shownWidth) => {
    expect(windowText({ center, width })).toEqual({ center: shownCenter, width: shownWidth });
  });

  it('name the function where it is not LINEAR', () => {
    expect(FUNCTIONS.map((kind) => functionText({ function: kind }))).toEqual(['', 'LINEAR_EXACT', 'SIGMOID', 'LUT']);
  });
});

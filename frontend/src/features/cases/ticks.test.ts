/** Ticking cases one by one, in ranges and by page. */
import { describe, expect, it } from 'vitest';

import { listed, NONE, share, ticked, withAll } from './ticks';

const page = (...numbers: number[]) => numbers.map((number) => ({ id: `${number}`, number, label: `Case ${number}` }));
const FIRST = page(1, 2, 3, 4, 5);
const numbersOf = (ticks: Parameters<typeof listed>[0]) => listed(ticks).map(({ number }) => number);

describe('ticking', () => {
  it('puts a tick, and takes it away', () => {
    const one = ticked(NONE, FIRST, '3');
    expect(numbersOf(one)).toEqual([3]);
    expect(numbersOf(ticked(one, FIRST, '3'))).toEqual([]);
  });

  it('takes all between, whichever way, and does with all what it does with the last', () => {
    const three = ticked(ticked(NONE, FIRST, '4'), FIRST, '2', '4');
    expect(numbersOf(three)).toEqual([2, 3, 4]);
    expect(numbersOf(ticked(three, FIRST, '4', '3'))).toEqual([2]);
  });

  it('takes one alone where what was touched before is on another page', () => {
    const one = ticked(NONE, FIRST, '5');
    expect(numbersOf(ticked(one, page(6, 7, 8), '8', '5'))).toEqual([5, 8]);
  });

  it('keeps those of other pages when a page is ticked or cleared', () => {
    const both = withAll(withAll(NONE, FIRST, true), page(6, 7), true);
    expect(numbersOf(both)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(numbersOf(withAll(both, FIRST, false))).toEqual([6, 7]);
  });

  it('says how much of a page is ticked', () => {
    expect([NONE, ticked(NONE, FIRST, '1'), withAll(NONE, FIRST, true)].map((ticks) => share(ticks, FIRST))).toEqual([
      'none',
      'some',
      'all',
    ]);
  });
});

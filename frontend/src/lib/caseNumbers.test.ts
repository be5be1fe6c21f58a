import { describe, expect, it } from 'vitest';

import { caseNumbers, numbersText } from './caseNumbers';

describe('numbers of cases', () => {
  it('takes single ones and ranges, each case once', () => {
    expect(caseNumbers('12, 3 7-9;8')).toEqual([3, 7, 8, 9, 12]);
    expect(caseNumbers('')).toEqual([]);
  });

  it.each(['x', '1-', '9-7', '0', '1-6000', '1.5'])('refuses "%s"', (text) => {
    expect(caseNumbers(text)).toBeNull();
  });

  it('writes runs as ranges', () => {
    expect(numbersText([])).toBe('');
    expect(numbersText([3, 7, 8, 9, 12, 13])).toBe('3, 7-9, 12, 13');
    expect(caseNumbers(numbersText([1, 2, 3, 5]))).toEqual([1, 2, 3, 5]);
  });
});

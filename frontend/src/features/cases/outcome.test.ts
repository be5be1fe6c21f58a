import { describe, expect, it } from 'vitest';

import { namesOf, outcomeSentence, refusalsOf } from './outcome';

const CASES = ['1', '2', '3'].map((id) => ({ id, label: `Case ${id}` }));

describe('the outcome of an action on many cases', () => {
  it('says how many it was done with and how many were so before', () => {
    expect(outcomeSentence({ done: 1, already: 0, refused: [] }, 'excluded')).toBe('1 case excluded.');
    expect(outcomeSentence({ done: 0, already: 2, refused: [] }, 'excluded')).toBe('0 cases excluded. 2 cases were so before.');
    expect(outcomeSentence({ done: 3, already: 1, refused: [] }, 'brought back')).toBe(
      '3 cases brought back. 1 case was so before.',
    );
  });

  it('says each reason for a refusal once, with its cases in the order in which they were chosen', () => {
    const refused = [
      { case: '3', code: 'case_begun', message: 'Begun.' },
      { case: '1', code: 'case_begun', message: 'Begun.' },
      { case: '2', code: 'case_excluded', message: 'Excluded.' },
    ];
    expect(refusalsOf({ done: 0, already: 0, refused }, CASES)).toEqual([
      { message: 'Begun.', labels: ['Case 1', 'Case 3'] },
      { message: 'Excluded.', labels: ['Case 2'] },
    ]);
  });

  it('names some cases and counts the others', () => {
    expect(namesOf(['Case 1', 'Case 2'])).toBe('Case 1, Case 2');
    expect(namesOf(['Case 1', 'Case 2', 'Case 3'], 2)).toBe('Case 1, Case 2 and 1 more');
  });
});

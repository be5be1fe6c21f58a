import { expect, test } from 'vitest';

import type { CaseLabelsReport } from './api/caseLabels';
import { counted, labelsAsWords, numberToTake } from './caseLabelWords';

function report(groups: [CaseLabelsReport['groups'][number]['kind'], number][]): CaseLabelsReport {
  return {
    labels_as: 'reference',
    n_lines: 9,
    n_cases: 9,
    findings: [],
    ignored_columns: [],
    groups: groups.map(([kind, n]) => ({ kind, n, first: [] })),
  };
}

test('different labels are taken only where they are to be replaced', () => {
  const found = report([
    ['new', 2],
    ['different', 3],
    ['no_case', 4],
  ]);
  expect(numberToTake(found, false)).toBe(2);
  expect(numberToTake(found, true)).toBe(5);
  expect(numberToTake(report([]), true)).toBe(0);
});

test('labels, reads and lines are counted as what they are', () => {
  expect(counted(1, 'new', 'reference')).toBe('1 label');
  expect(counted(2, 'new', 'read:dr-anna')).toBe('2 reads');
  expect(counted(2, 'no_case', 'read:dr-anna')).toBe('2 lines');
});

test('what the labels are is said in words', () => {
  expect(['reference', 'hidden-truth', 'read:dr-anna'].map(labelsAsWords)).toEqual([
    'reference labels',
    'hidden truth',
    'reads of dr-anna',
  ]);
});

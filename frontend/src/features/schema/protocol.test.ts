/** The protocol's words and figures match what is chosen. */
import { expect, it } from 'vitest';

import { readingCost, rulesFor, ruleSentence, typicalSeconds } from './protocol';

it('says what is not counted as a difference', () => {
  expect(ruleSentence({ rule: 'soft', present_uncertain: false, uncertain_absent: true })).toBe(
    'The share of present votes is kept as it is. Not counted: present against uncertain.',
  );
});

it('fills in the default rule for a finding without one and drops rules of findings that are gone', () => {
  const nodule = { code: 'nodule', name: 'Nodule', hotkey: '1', required: true, boxes: true };
  const gone = { rule: 'soft' as const, present_uncertain: true, uncertain_absent: true };
  expect(rulesFor([nodule], { finding_rules: { gone } })).toEqual({
    nodule: { rule: 'adjudicate', present_uncertain: true, uncertain_absent: true },
  });
});

it('budgets reads and hours', () => {
  expect(readingCost(300, 3, 40)).toEqual({ reads: 900, hours: 10 });
  expect(readingCost(300, 3, null).hours).toBeNull();
  expect(typicalSeconds([{ median_seconds: 50 }, { median_seconds: null }, { median_seconds: 30 }])).toBe(40);
});

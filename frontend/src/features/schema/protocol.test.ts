/** The protocol's words and figures match what is chosen. */
import { describe, expect, it } from 'vitest';

import type { Finding } from '../../api/types';
import { readingCost, ruleSentence, rulesFor, rulesSentences, slotsSentences, typicalSeconds } from './protocol';

it('says what is not counted as a difference', () => {
  expect(ruleSentence({ rule: 'soft', present_uncertain: false, uncertain_absent: true })).toBe(
    'The share of present votes is kept as it is. Not counted: present against uncertain.',
  );
});

it('fills in the default rule for a finding without one and drops rules of findings that are gone', () => {
  const nodule: Finding = { code: 'nodule', name: 'Nodule', type: 'presence', hotkey: '1', required: true, boxes: true };
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

describe('slotsSentences', () => {
  const none = { n_cases: 0, n_more: 0, n_fewer: 0, n_completed: 0, n_asked_again: 0, cases: { new: 0, open: 0, read: 0, closed: 0 } };

  it('says how many cases and reads a new number of readers changes', () => {
    const text = slotsSentences({ ...none, n_cases: 1, n_more: 2, n_asked_again: 1 }).join(' ');
    expect(text).toContain('1 case that is not closed');
    expect(text).toContain('2 reads more');
    expect(text).toContain('read once more');
  });

  it('says so when nothing changes', () => {
    expect(slotsSentences(none)).toEqual(['No case that is open is changed by that.']);
  });
});

it('says which cases other rules settle', () => {
  expect(rulesSentences({ cases: { new: 3, open: 1, read: 0, closed: 1 } })).toEqual([
    'The new rules settle 4 cases whose reads are not all in.',
    '1 case settled already keeps its labels; once this is saved, compare below and have that settled anew if you want.',
  ]);
  expect(rulesSentences({ cases: { new: 0, open: 0, read: 0, closed: 0 } })[0]).toContain('No case is read');
});

import { describe, expect, it } from 'vitest';

import type { ReadDocument } from '../../../api/types';
import { box, emptyDocument, schema } from '../../../testing/payloads';
import * as edits from './edits';

const [nodule, effusion] = schema.findings;

function after(edit: edits.Edit): ReadDocument {
  if ('refused' in edit) throw new Error(edit.refused);
  return edit.document;
}

describe('answers', () => {
  it('toggles present on and off', () => {
    const present = after(edits.togglePresent(emptyDocument, nodule));
    expect(present.answers.nodule).toEqual({ value: 'present', by_rest: false });
    expect(after(edits.togglePresent(present, nodule)).answers).toEqual({});
  });

  it('answers only what is open by rest, and keeps that it was by rest', () => {
    const document = after(edits.answerRest(after(edits.setAnswer(emptyDocument, nodule, 'uncertain')), schema));
    expect(document.answers.nodule).toEqual({ value: 'uncertain', by_rest: false });
    expect(document.answers.effusion).toEqual({ value: 'absent', by_rest: true });
  });

  it('does not call a case normal that has a positive, an uncertain answer or a mark', () => {
    for (const value of ['present', 'uncertain'] as const) {
      const answered = after(edits.setAnswer(emptyDocument, effusion, value));
      expect(edits.markNormal(answered, schema)).toEqual({ refused: expect.stringContaining('Effusion') });
    }
    const marked = { ...emptyDocument, annotations: [box] };
    expect(edits.markNormal(marked, schema)).toEqual({ refused: expect.stringContaining('mark') });
  });

  it('does not let a marked finding be absent or open', () => {
    const marked = after(edits.addBox(emptyDocument, nodule, box));
    expect(edits.setAnswer(marked, nodule, 'absent')).toEqual({ refused: expect.stringContaining('Delete its mark') });
    expect(edits.togglePresent(marked, nodule)).toHaveProperty('refused');
    expect(edits.setAnswer(marked, nodule, 'uncertain')).toHaveProperty('document');
  });

  it('asks only for required findings, and for none when the case cannot be read', () => {
    expect(edits.missingFindings(emptyDocument, schema).map((finding) => finding.code)).toEqual(['nodule', 'effusion']);
    expect(edits.missingFindings({ ...emptyDocument, not_readable: true }, schema)).toEqual([]);
  });

  it('lets a case that cannot be read say nothing else', () => {
    const answered = { ...emptyDocument, answers: { nodule: { value: 'present' as const, by_rest: false } } };
    const unreadable = { ...emptyDocument, not_readable: true };
    expect(edits.setNotReadable(answered)).toEqual({ document: unreadable });
    expect(edits.setAnswer(unreadable, schema.findings[0], 'present')).toHaveProperty('refused');
    expect(edits.answerRest(unreadable, schema)).toHaveProperty('refused');
  });
});

describe('marks', () => {
  it('answer their finding present unless it is uncertain', () => {
    expect(after(edits.addBox(emptyDocument, nodule, box)).answers.nodule.value).toBe('present');
    const uncertain = after(edits.setAnswer(emptyDocument, nodule, 'uncertain'));
    expect(after(edits.addBox(uncertain, nodule, box)).answers.nodule.value).toBe('uncertain');
  });

  it('are refused on a finding that takes none', () => {
    expect(edits.addBox(emptyDocument, effusion, box)).toHaveProperty('refused');
  });
});

describe('sameDocument', () => {
  it('ignores the order of keys and nothing else', () => {
    const a = { ...emptyDocument, answers: { x: { value: 'absent', by_rest: true }, y: { value: 'present', by_rest: false } } };
    const b = { ...emptyDocument, answers: { y: { by_rest: false, value: 'present' }, x: { by_rest: true, value: 'absent' } } };
    expect(edits.sameDocument(a as ReadDocument, b as ReadDocument)).toBe(true);
    expect(edits.sameDocument(a as ReadDocument, { ...(b as ReadDocument), comment: ' ' })).toBe(false);
  });
});

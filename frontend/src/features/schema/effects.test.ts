/** The schema's page says in words what the server has counted. */
import { describe, expect, it } from 'vitest';

import type { FindingChange } from './api/schema';
import { casesSentence, findingSentences } from './effects';

const said = { name: 'Mass', type: 'presence', hotkey: '', required: true, boxes: false };
const none = { new: 0, open: 0, read: 0, closed: 0 };
const added: FindingChange = {
  code: 'mass', kind: 'added', before: null, after: said, fields: [], cases: none, n_labelled: 0, supplementary: null,
};

it('says which cases are read by the new version', () => {
  const text = casesSentence({ cases: { new: 1200, open: 1, read: 2, closed: 3 }, findings: [] });
  expect(text).toBe(
    '1,200 cases that nobody has begun will be read by the new version. Of 1 case that is begun, reads opened from now on will be. 5 cases whose reads came in keep the version by which they were settled.',
  );
  expect(casesSentence({ cases: none, findings: [] })).toBe('');
});

describe('findingSentences', () => {
  const text = (change: Partial<FindingChange>) => findingSentences({ ...added, ...change }).join(' ');

  it('of an added finding: who is asked it, who has no label, and what a pass would take', () => {
    const shown = text({
      cases: { new: 4, open: 2, read: 1, closed: 3 },
      supplementary: { n_cases: 5, n_reads: 10 },
    });
    expect(shown).toBe(
      'Mass is added. It is asked in every read of 4 cases that nobody has begun. Of 2 cases that are begun, only reads opened from now on are asked it. 4 cases whose reads came in have no label of it. Asking it of the 5 cases read without it takes a pass of 10 reads, offered here once this is saved.',
    );
    expect(text({})).toBe('Mass is added.');
  });

  it('of one that comes back: the labels from before stay', () => {
    const shown = text({ cases: { ...none, closed: 3 }, n_labelled: 1 });
    expect(shown).toContain('From the time when it was asked before, 1 case keeps its label of it.');
    expect(shown).not.toContain('no label');
  });

  it('of a removed finding: labels stay, and begun cases get none', () => {
    const removed = { kind: 'removed' as const, before: said, after: null };
    expect(text({ ...removed, cases: { ...none, open: 1 }, n_labelled: 7 })).toBe(
      'Mass is left out: no read that is opened from now on asks it. 7 cases keep their label of it. 1 case that is begun will get none.',
    );
    expect(text(removed)).toContain('No case has a label of it.');
  });

  it('of one that is asked otherwise: in what, and how far it reaches', () => {
    const shown = text({
      kind: 'changed',
      before: said,
      after: { ...said, name: 'Lung mass', required: false },
      fields: ['name', 'required'],
      cases: { ...none, new: 2, open: 1 },
      n_labelled: 3,
    });
    expect(shown).toBe(
      'Mass is called Lung mass, may be left unanswered. That holds for reads opened from now on, of 3 cases that are not settled yet. 3 cases keep their labels of it.',
    );
  });
});

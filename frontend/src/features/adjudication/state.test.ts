import { describe, expect, it } from 'vitest';

import type { AdjudicationPayload, BoxAnnotation } from '../../api/types';
import { schema } from '../../testing/payloads';
import { DEFAULT_REASON } from './reasons';
import { adjudicationReducer, choiceOf, decisionsOf, INITIAL, undecided, type AdjudicationAction } from './state';

const mark: BoxAnnotation = {
  id: 'm1',
  kind: 'box',
  finding: 'nodule',
  region_class: null,
  space: 'image',
  instance: 'i1',
  frame: 1,
  geometry: { x: 1, y: 2, width: 30, height: 40 },
};

const payload: AdjudicationPayload = {
  adjudication: { id: 'j1', label: 'Case x', state: 'claimed', lease_until: null },
  project: { slug: 'chest', name: 'Chest' },
  schema,
  context: { age: null, age_text: null, sex: null, view: null, indication: null },
  images: [],
  findings: [
    { code: 'nodule', name: 'Nodule', kind: 'value', values: { A: 'present', B: 'absent' }, iou: null },
    { code: 'effusion', name: 'Effusion', kind: 'value', values: { A: 'absent', B: 'present' }, iou: null },
  ],
  reads: [
    { label: 'A', answers: {}, annotations: [mark], comment: '', not_readable: false },
    { label: 'B', answers: {}, annotations: [], comment: '', not_readable: false },
  ],
  allowed_actions: ['decide', 'release', 'return'],
};

const start = adjudicationReducer(INITIAL, { type: 'opened', payload, choices: {} });

function run(...actions: AdjudicationAction[]) {
  return actions.reduce(adjudicationReducer, start);
}

describe('deciding', () => {
  it('takes two keys a finding and lands on the next', () => {
    const state = run({ type: 'value', value: 'present' }, { type: 'reason', reason: 'Normal variant', advance: true });
    expect(choiceOf(state, 'nodule')).toMatchObject({ value: 'present', reason: 'Normal variant' });
    expect(state.current).toBe('effusion');
  });

  it('wants the value before the reason', () => {
    const state = run({ type: 'reason', reason: 'Normal variant', advance: true });
    expect(state.notice).toContain('Decide first');
    expect(state.choices).toEqual({});
  });

  it('sends only the findings that differ, with the usual reason where none was chosen', () => {
    const state = run({ type: 'value', value: 'absent' }, { type: 'step', delta: 1 }, { type: 'value', value: 'uncertain' });
    expect(undecided(state)).toEqual([]);
    expect(decisionsOf(state)).toEqual([
      { finding: 'nodule', value: 'absent', reason: DEFAULT_REASON, annotations: [] },
      { finding: 'effusion', value: 'uncertain', reason: DEFAULT_REASON, annotations: [] },
    ]);
  });
});

describe('marks', () => {
  it('takes a reader’s marks as copies, and the finding becomes present', () => {
    const state = run({ type: 'takeMarks', label: 'A', ids: ['copy'] });
    expect(choiceOf(state, 'nodule')).toMatchObject({ value: 'present', boxes: [{ ...mark, id: 'copy' }] });
  });

  it('says so where a reader has none', () => {
    expect(run({ type: 'takeMarks', label: 'B', ids: [] }).notice).toContain('no mark');
  });

  it('drops the marks of a finding that is decided absent', () => {
    const state = run({ type: 'takeMarks', label: 'A', ids: ['copy'] }, { type: 'value', value: 'absent' });
    expect(choiceOf(state, 'nodule').boxes).toEqual([]);
  });

  it('refuses a box on a finding that takes none', () => {
    const state = run({ type: 'step', delta: 1 }, { type: 'addBox', box: mark });
    expect(state.notice).toContain('takes no boxes');
  });
});

describe('reads on the image', () => {
  it('are shown and hidden by letter, and one by one', () => {
    expect(run({ type: 'toggleReader', label: 'A' }).visible).toEqual(['B']);
    expect(run({ type: 'solo' }).visible).toEqual(['A']);
    expect(run({ type: 'solo' }, { type: 'solo' }).visible).toEqual(['B']);
    expect(run({ type: 'solo' }, { type: 'solo' }, { type: 'solo' }).visible).toEqual(['A', 'B']);
  });
});

describe('a case that is not held', () => {
  it('can be looked at and not decided', () => {
    const held = adjudicationReducer(INITIAL, { type: 'opened', payload: { ...payload, allowed_actions: [] }, choices: {} });
    expect(held.phase).toBe('readOnly');
    expect(adjudicationReducer(held, { type: 'value', value: 'present' }).choices).toEqual({});
  });
});

import { describe, expect, it } from 'vitest';

import type { AdjudicationPayload, BoxAnnotation } from '../../api/types';
import { box, schema } from '../../testing/payloads';
import { adjudicationReducer, choiceOf, decisionsOf, INITIAL, undecided, unexplained, type AdjudicationAction } from './state';

const mark: BoxAnnotation = { ...box, id: 'm1', geometry: { x: 1, y: 2, width: 30, height: 40 } };

const payload: AdjudicationPayload = {
  adjudication: { id: 'j1', label: 'Case x', state: 'claimed', lease_until: null, correct_until: null, reason_required: false },
  project: { slug: 'chest', name: 'Chest' },
  schema,
  context: { age: null, age_text: null, sex: null, view: null, indication: null },
  images: [],
  findings: [
    { code: 'nodule', name: 'Nodule', kind: 'value', values: { A: 'present', B: 'absent' }, iou: null, decision: null },
    { code: 'effusion', name: 'Effusion', kind: 'value', values: { A: 'absent', B: 'present' }, iou: null, decision: null },
  ],
  reads: [
    { label: 'A', answers: {}, annotations: [mark], comment: '', not_readable: false },
    { label: 'B', answers: {}, annotations: [], comment: '', not_readable: false },
  ],
  asked: [],
  allowed_actions: ['decide', 'release', 'return'],
};

const start = adjudicationReducer(INITIAL, { type: 'opened', payload, choices: {} });

function run(...actions: AdjudicationAction[]) {
  return actions.reduce(adjudicationReducer, start);
}

describe('deciding', () => {
  it('takes two keys a finding and lands on the next', () => {
    const state = run({ type: 'value', value: 'present' }, { type: 'reason', reason: 'Normal variant' });
    expect(choiceOf(state, 'nodule')).toMatchObject({ value: 'present', reason: 'Normal variant', isOwn: false });
    expect(state.current).toBe('effusion');
  });

  it.each([{ type: 'reason', reason: 'Normal variant' } as const, { type: 'ownReason', text: 'a rib' } as const])(
    'wants the value before the reason: $type',
    (action) => {
      const state = run(action);
      expect(state.notice).toContain('Decide first');
      expect(state.choices).toEqual({});
    },
  );

  it('keeps a reason of her own hers, also while it reads like a ready one', () => {
    const typed = run({ type: 'value', value: 'present' }, { type: 'ownReason', text: 'Normal variant' });
    expect(choiceOf(typed, 'nodule')).toMatchObject({ reason: 'Normal variant', isOwn: true });
    expect(typed.current).toBe('nodule');
    const chosen = adjudicationReducer(typed, { type: 'reason', reason: 'Normal variant', finding: 'nodule' });
    expect(choiceOf(chosen, 'nodule').isOwn).toBe(false);
  });

  it('sends only the findings that differ, and no reason that she did not give', () => {
    const state = run({ type: 'value', value: 'absent' }, { type: 'step', delta: 1 }, { type: 'value', value: 'uncertain' });
    expect(undecided(state)).toEqual([]);
    expect(decisionsOf(state)).toEqual([
      { finding: 'nodule', value: 'absent', reason: '', annotations: [] },
      { finding: 'effusion', value: 'uncertain', reason: '', annotations: [] },
    ]);
  });
});

describe('a project that asks for reasons', () => {
  it('names the findings that lack one', () => {
    const asking = { ...payload, adjudication: { ...payload.adjudication, reason_required: true } };
    const state = adjudicationReducer(adjudicationReducer(INITIAL, { type: 'opened', payload: asking, choices: {} }), {
      type: 'value',
      value: 'absent',
    });
    expect(unexplained(state).map((finding) => finding.code)).toEqual(['nodule', 'effusion']);
    const explained = adjudicationReducer(state, { type: 'reason', reason: 'Normal variant' });
    expect(unexplained(explained).map((finding) => finding.code)).toEqual(['effusion']);
    expect(unexplained(run())).toEqual([]);
  });
});

describe('a decided case', () => {
  const decision = { value: 'present', reason: 'seen twice', annotations: [mark] };
  const findings = [{ ...payload.findings[0], decision }];
  const decided = { ...payload, findings, allowed_actions: ['correct'] };
  const shown = adjudicationReducer(INITIAL, { type: 'opened', payload: decided, choices: {} });

  it('shows decision, reason and boxes', () => {
    expect(shown.phase).toBe('readOnly');
    expect(choiceOf(shown, 'nodule')).toEqual({ value: 'present', reason: 'seen twice', isOwn: true, boxes: [mark] });
  });

  it('can be corrected while that is allowed', () => {
    const state = adjudicationReducer(adjudicationReducer(shown, { type: 'correct' }), { type: 'value', value: 'absent' });
    expect(decisionsOf(state)).toEqual([{ finding: 'nodule', value: 'absent', reason: 'seen twice', annotations: [] }]);
    const over = adjudicationReducer(INITIAL, { type: 'opened', payload: { ...decided, allowed_actions: [] }, choices: {} });
    expect(adjudicationReducer(over, { type: 'correct' }).phase).toBe('readOnly');
  });

  const begun = { nodule: { value: 'absent' as const, reason: 'a rib', isOwn: true, boxes: [] } };

  it('opens with a correction that was begun and not sent, which can be given up', () => {
    const state = adjudicationReducer(INITIAL, { type: 'opened', payload: decided, choices: begun });
    expect(state).toMatchObject({ phase: 'deciding', choices: begun, notice: expect.stringContaining('give it up') as string });
    expect(adjudicationReducer(state, { type: 'giveUp' })).toEqual(shown);
    expect(adjudicationReducer(shown, { type: 'giveUp' }).choices).toEqual(shown.choices);
  });

  it('takes for no correction what says the same as the decision', () => {
    const same = { nodule: choiceOf(shown, 'nodule') };
    expect(adjudicationReducer(INITIAL, { type: 'opened', payload: decided, choices: same })).toEqual(shown);
  });

  it('says what was not sent in time, and shows the decision', () => {
    const over = { ...decided, adjudication: { ...decided.adjudication, state: 'decided' as const }, allowed_actions: [] };
    const state = adjudicationReducer(INITIAL, { type: 'opened', payload: over, choices: begun });
    expect(state).toMatchObject({ phase: 'readOnly', choices: shown.choices });
    expect(state.notice).toBe('Chosen by you and not sent: Nodule absent, “a rib”. The decision stands as it is.');
  });
});

describe('a case that was opened again', () => {
  const decision = { value: 'present', reason: 'seen twice', annotations: [mark] };
  const reopened = { ...payload, findings: [{ ...payload.findings[0], decision }, payload.findings[1]] };

  it('begins with what was decided before and asks for the rest', () => {
    const state = adjudicationReducer(INITIAL, { type: 'opened', payload: reopened, choices: {} });
    expect(state.current).toBe('effusion');
    expect(undecided(state).map((finding) => finding.code)).toEqual(['effusion']);
    expect(choiceOf(state, 'nodule')).toEqual({ value: 'present', reason: 'seen twice', isOwn: true, boxes: [mark] });
  });

  it('keeps what she chose since', () => {
    const chosen = { nodule: { value: 'absent' as const, reason: '', isOwn: false, boxes: [] } };
    const state = adjudicationReducer(INITIAL, { type: 'opened', payload: reopened, choices: chosen });
    expect(choiceOf(state, 'nodule').value).toBe('absent');
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

describe('a key that cannot do its work', () => {
  const value = { type: 'value', value: 'absent' } as const;

  it.each([
    { allowed: ['correct'], action: value, says: 'Press U' },
    { allowed: ['recall'], action: value, says: 'Press S' },
    { allowed: [], action: value, says: 'not yours' },
    { allowed: [], action: { type: 'correct' } as const, says: 'not yours' },
    { allowed: ['decide'], action: { type: 'locked' } as const, says: 'cannot be done now' },
    { allowed: ['decide'], action: { type: 'correct' } as const, says: 'cannot be done now' },
  ])('says why: $action.type where $allowed is allowed', ({ allowed, action, says }) => {
    const state = adjudicationReducer(INITIAL, { type: 'opened', payload: { ...payload, allowed_actions: allowed }, choices: {} });
    const after = adjudicationReducer(state, action);
    expect(after).toEqual({ ...state, notice: expect.stringContaining(says) as string });
  });

  it('says after the submit that the decisions are sent, and nothing while they are on their way', () => {
    expect(run({ type: 'submitted' }, value).notice).toContain('are sent');
    expect(run({ type: 'submitStarted' }, value).notice).toBeNull();
  });
});

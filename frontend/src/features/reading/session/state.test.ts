import { describe, expect, it } from 'vitest';

import type { BoxAnnotation, WorkspacePayload } from '../../../api/types';
import { emptyDocument, workspace } from '../../../testing/payloads';
import { boxFinding, contradictedFlags, givenUpWith, isEditable, mayTakeBack, submitObstacle } from './selectors';
import { INITIAL_SESSION, type DocumentEdit, type SessionAction, type SessionState } from './sessionState';
import { sessionReducer } from './state';

const box: Omit<BoxAnnotation, 'finding'> = {
  id: 'b1',
  kind: 'box',
  region_class: null,
  space: 'image',
  instance: 'i1',
  frame: 1,
  geometry: { x: 0, y: 0, width: 9, height: 9 },
};

function run(state: SessionState, ...actions: (SessionAction | DocumentEdit)[]): SessionState {
  const isEdit = (action: SessionAction | DocumentEdit): action is DocumentEdit =>
    ['toggle', 'answer', 'answerActive', 'rest', 'normal', 'addBox', 'changeBox', 'removeBox', 'comment'].includes(action.type);
  return actions.reduce<SessionState>(
    (before, action) => sessionReducer(before, isEdit(action) ? { type: 'edit', edit: action } : action),
    state,
  );
}

const reading = run(INITIAL_SESSION, { type: 'opened', payload: workspace(), document: emptyDocument, amending: false });

describe('a case called not readable', () => {
  const answered = run(reading, { type: 'toggle', code: 'nodule' });
  const called = run(answered, { type: 'edit', edit: { type: 'notReadable', value: true } });
  const flag = { id: 'f1', kind: 'not_readable', text: 'half of the chest' } as const;

  it('has its answers back when that is taken back, and the comment written meanwhile', () => {
    const commented = run(called, { type: 'comment', text: 'sorry' });
    const back = run(commented, { type: 'edit', edit: { type: 'notReadable', value: false } });
    expect(back.document).toEqual({ ...answered.document, comment: 'sorry' });
  });

  it.each([
    ['by key', { type: 'edit', edit: { type: 'notReadable', value: false } } as const],
    ['by undo', { type: 'undo' } as const],
  ])('takes its flag with it %s, and no undo or redo brings the mark back without one', (_how, action) => {
    const back = run(called, { type: 'flagged', flag }, action);
    expect(contradictedFlags(back)).toEqual([flag]);
    const redone = run(back, { type: 'redo' });
    const undone = run(back, { type: 'undo' }, { type: 'undo' });
    expect([redone, undone].map((state) => state.document.not_readable)).toEqual([false, false]);
  });

  it('keeps its flag while it stands, while a correction is open, and in a submitted read', () => {
    const flagged = run(called, { type: 'flagged', flag });
    expect(contradictedFlags(flagged)).toEqual([]);
    const correcting = run(flagged, { type: 'submitted' }, { type: 'correct' });
    expect(contradictedFlags(run(correcting, { type: 'edit', edit: { type: 'notReadable', value: false } }))).toEqual([]);
    expect(contradictedFlags(run(flagged, { type: 'submitted' }))).toEqual([]);
  });
});

describe('a correction that is given up', () => {
  const flag = { id: 'f1', kind: 'not_readable', text: 'half of the chest' } as const;
  const urgent = { id: 'f2', kind: 'urgent', text: 'tension' } as const;
  const readable = workspace({ allowed_actions: ['amend', 'flag'] });
  readable.assignment.state = 'submitted';
  const correcting = (payload: WorkspacePayload) =>
    run(INITIAL_SESSION, { type: 'opened', payload, document: payload.draft.document, amending: true });

  it('takes with it the flags that were raised in it, and the draft that was put aside', () => {
    const flagged = run(correcting(readable), { type: 'flagged', flag }, { type: 'flagged', flag: urgent });
    expect(givenUpWith(flagged)).toEqual({ aside: null, flags: ['f1'] });
    const aside = { version: 3, document: emptyDocument };
    expect(givenUpWith(correcting({ ...readable, draft_aside: aside }))).toEqual({ aside: 3, flags: [] });
    expect(givenUpWith(correcting(readable))).toBeNull();
  });

  it('leaves the flag of the read that stands', () => {
    const draft = { version: 0, document: { ...emptyDocument, not_readable: true } };
    expect(givenUpWith(correcting({ ...readable, draft, flags: [flag] }))).toBeNull();
  });

  it('is not given up any more once it is sent', () => {
    const sent = run(correcting(readable), { type: 'submitStarted' });
    expect(run(sent, { type: 'cancelCorrection' })).toBe(sent);
  });

  it('lets a flag that stands against the read be taken back by hand', () => {
    const given = run(correcting(readable), { type: 'flagged', flag }, { type: 'cancelCorrection' });
    expect([given.phase, given.flags, mayTakeBack(given, flag)]).toEqual(['submitted', [flag], true]);
    const unreadable = run(reading, { type: 'edit', edit: { type: 'notReadable', value: true } }, { type: 'submitted' });
    expect(mayTakeBack(unreadable, flag)).toBe(false);
  });
});

describe('what was submitted before the page was opened, and is refused', () => {
  const mine = { ...emptyDocument, comment: 'mine' };
  const replayed = (payload: WorkspacePayload, amending: boolean) =>
    run(
      INITIAL_SESSION,
      { type: 'opened', payload, document: mine, amending },
      { type: 'submitStarted' },
      { type: 'submitRefused', message: 'More than ten minutes have passed.', missing: [] },
      { type: 'toggle', code: 'nodule' },
    );

  it('stands on the page, and a key goes on from there', () => {
    const done = workspace({ allowed_actions: ['amend'] });
    done.assignment.state = 'submitted';
    for (const state of [replayed(workspace(), false), replayed(done, true)]) {
      expect(state.document).toEqual({ ...mine, answers: { nodule: { value: 'present', by_rest: false } } });
    }
  });

  it('can be given up where the read stands, and is not submitted', () => {
    const stands = workspace({ allowed_actions: ['flag'] });
    stands.assignment.state = 'submitted';
    const state = replayed(stands, true);
    expect(submitObstacle(state)?.message).toContain('give the correction up');
    expect(run(state, { type: 'cancelCorrection' })).toMatchObject({ phase: 'submitted', document: emptyDocument });
    const opened = run(INITIAL_SESSION, { type: 'opened', payload: stands, document: mine, amending: true });
    expect(opened.notice?.text).toContain('give the correction up');
  });
});

describe('a comment', () => {
  it('is one step of undo however many letters it has', () => {
    const typed = run(reading, { type: 'toggle', code: 'nodule' }, { type: 'comment', text: 'a' }, { type: 'comment', text: 'ab' });
    expect(typed.document.comment).toBe('ab');
    const undone = run(typed, { type: 'undo' });
    expect(undone.document).toMatchObject({ comment: '', answers: { nodule: { value: 'present' } } });
    expect(run(undone, { type: 'redo' }).document.comment).toBe('ab');
  });

  it('begins a new step after another change', () => {
    const typed = run(reading, { type: 'comment', text: 'a' }, { type: 'toggle', code: 'nodule' }, { type: 'comment', text: 'ab' });
    expect(run(typed, { type: 'undo' }).document.comment).toBe('a');
  });
});

describe('answering by key', () => {
  it('makes the finding of a digit uncertain with U', () => {
    const state = run(reading, { type: 'toggle', code: 'effusion' }, { type: 'answerActive', value: 'uncertain' });
    expect(state.document.answers.effusion.value).toBe('uncertain');
  });

  it('goes from one open finding to the next with X', () => {
    const once = run(reading, { type: 'answerActive', value: 'absent' });
    expect(once.document.answers).toHaveProperty('nodule');
    expect(once.activeFinding).toBe('effusion');
    const twice = run(once, { type: 'answerActive', value: 'absent' });
    expect(Object.keys(twice.document.answers)).toEqual(['nodule', 'effusion']);
  });

  it('refuses with a sentence and changes nothing', () => {
    const state = run(reading, { type: 'toggle', code: 'nodule' }, { type: 'normal' });
    expect(state.notice).toMatchObject({ tone: 'refused', text: expect.stringContaining('Nodule') });
    expect(state.document.answers).toEqual({ nodule: { value: 'present', by_rest: false } });
  });

  it('names what is marked but not answered at Enter and goes there, also where it need not be answered', () => {
    const marked = { ...emptyDocument, annotations: [{ ...box, finding: 'device' }] };
    const opened = run(INITIAL_SESSION, { type: 'opened', payload: workspace(), document: marked, amending: false });
    const rested = run(opened, { type: 'rest' });
    const obstacle = submitObstacle(rested)!;
    expect(obstacle).toEqual({ message: expect.stringContaining('not answered: Device.'), missing: ['device'] });
    const led = run(rested, { type: 'submitRefused', ...obstacle });
    expect(submitObstacle(run(led, { type: 'answerActive', value: 'absent' }))).not.toBeNull();
    expect(submitObstacle(run(led, { type: 'answerActive', value: 'uncertain' }))).toBeNull();
    expect(submitObstacle(run(led, { type: 'removeBox', id: 'b1' }))).toBeNull();
  });

  it('names what is missing at Enter and goes there', () => {
    const obstacle = submitObstacle(run(reading, { type: 'toggle', code: 'nodule' }));
    expect(obstacle?.missing).toEqual(['effusion']);
    expect(obstacle?.message).toContain('Effusion');
    expect(submitObstacle(run(reading, { type: 'normal' }))).toBeNull();
  });
});

describe('marks', () => {
  it('belong to the finding addressed last', () => {
    const state = run(reading, { type: 'toggle', code: 'device' }, { type: 'addBox', box });
    expect(state.document.annotations[0].finding).toBe('device');
  });

  it('are refused while it is not known whose they are', () => {
    expect(boxFinding(reading)).toBeNull();
    expect(run(reading, { type: 'addBox', box }).notice?.text).toContain('Choose its finding');
  });

  it('come back by undo together with the answer they brought', () => {
    const marked = run(reading, { type: 'activate', code: 'nodule' }, { type: 'addBox', box });
    const undone = run(marked, { type: 'undo' });
    expect(undone.document).toEqual(emptyDocument);
    expect(run(undone, { type: 'redo' }).document).toEqual(marked.document);
  });
});

describe('the way back while a submit is on its way', () => {
  it('keeps the case open, and is forgotten when the submit is refused or made again', () => {
    const asked = run(reading, { type: 'submitStarted' }, { type: 'stay' });
    expect([asked.phase, asked.stays, asked.notice?.tone]).toEqual(['submitting', true, 'info']);
    expect(run(asked, { type: 'submitted' }).stays).toBe(true);
    expect(run(asked, { type: 'submitRefused', message: 'Open.', missing: [] }).stays).toBe(false);
    expect(run(asked, { type: 'submitStarted' }).stays).toBe(false);
  });

  it('means nothing to a case that is not being submitted', () => {
    expect(run(reading, { type: 'stay' })).toBe(reading);
  });
});

describe('phases', () => {
  it('follow the save queue', () => {
    const saving = run(reading, { type: 'saveStatus', status: { kind: 'saving' } });
    expect(saving.phase).toBe('saving');
    const failed = run(saving, {
      type: 'saveStatus',
      status: { kind: 'unsaved', since: 1, changes: 1, reason: 'offline', kept: true, code: 'offline', message: '' },
    });
    expect(failed.phase).toBe('saveFailed');
    expect(isEditable(failed)).toBe(true);
    expect(run(failed, { type: 'saveStatus', status: { kind: 'saved', at: 2 } }).phase).toBe('reading');
  });

  it('stop all edits in a conflict until the reader has chosen', () => {
    const server = { version: 5, document: { ...emptyDocument, comment: 'theirs' } };
    const conflict = run(reading, { type: 'saveStatus', status: { kind: 'conflict', mine: emptyDocument, server } });
    expect(conflict.phase).toBe('conflict');
    expect(run(conflict, { type: 'toggle', code: 'nodule' })).toBe(conflict);
    const solved = run(conflict, { type: 'conflictSolved', chosen: server.document, other: emptyDocument });
    expect([solved.phase, solved.document.comment]).toEqual(['reading', 'theirs']);
    expect(run(solved, { type: 'undo' }).document).toEqual(emptyDocument);
  });

  it('keep a submitted read as it is until it is corrected, and go back when that is given up', () => {
    const done = workspace({ allowed_actions: ['amend'] });
    done.assignment.state = 'submitted';
    const submitted = run(INITIAL_SESSION, { type: 'opened', payload: done, document: done.draft.document, amending: false });
    expect(run(submitted, { type: 'toggle', code: 'nodule' }).document).toBe(submitted.document);
    const corrected = run(submitted, { type: 'correct' }, { type: 'toggle', code: 'nodule' });
    expect(corrected.document.answers).toHaveProperty('nodule');
    expect(run(corrected, { type: 'cancelCorrection' }).document).toEqual(emptyDocument);
  });
});

describe('a submitted read', () => {
  const submitted = run(reading, { type: 'submitted' });
  const standing = { ...submitted, payload: { ...submitted.payload!, allowed_actions: ['flag'] } };
  const may = { ...submitted, payload: { ...submitted.payload!, allowed_actions: ['amend', 'flag'] } };

  it.each([
    ['an answer', { type: 'edit', edit: { type: 'toggle', code: 'nodule' } } as const],
    ['undo', { type: 'undo' } as const],
    ['a command', { type: 'locked' } as const],
  ])('takes not %s, and says what can be done', (_what, action) => {
    expect(run(may, action)).toEqual({ ...may, notice: { tone: 'refused', text: expect.stringContaining('Press E') as string } });
    expect(run(standing, action).notice?.text).toContain('stands as it is');
  });

  it('is corrected only as long as that is allowed', () => {
    expect(run(may, { type: 'correct' }).amending).toBe(true);
    expect(run(standing, { type: 'correct' })).toMatchObject({ amending: false, notice: { tone: 'refused' } });
    expect(run(reading, { type: 'correct' })).toEqual({ ...reading, notice: { tone: 'refused', text: expect.any(String) as string } });
  });
});

describe('a case that is not open to her', () => {
  const shut = { ...reading, payload: { ...reading.payload!, allowed_actions: ['unskip'] } };

  it.each<SessionAction>([{ type: 'locked' }, { type: 'correct' }, { type: 'undo' }, { type: 'edit', edit: { type: 'rest' } }])(
    'takes no key, and says so: $type',
    (action) => {
      expect(run(shut, action)).toEqual({ ...shut, notice: { tone: 'refused', text: expect.stringContaining('not open') as string } });
    },
  );

  it('is not said of a read on its way, or in conflict', () => {
    for (const phase of ['submitting', 'conflict'] as const) {
      const state = { ...reading, phase };
      expect(run(state, { type: 'locked' })).toBe(state);
    }
  });
});

/** The reading session as a reducer with named states. Pure: requests, the journal and the viewer are at its edge. */
import type { Finding, ReadDocument, WorkspacePayload } from '../../../api/types';
import {
  addBox,
  answerRest,
  changeBox,
  markNormal,
  openFindings,
  removeBox,
  setAnswer,
  setComment,
  setNotReadable,
  togglePresent,
  type Edit,
} from './edits';
import type { SaveStatus } from '../saving/saveQueue';
import { boxFinding, currentFinding, isEditable, mayCorrect, schemaFinding, STANDS_BESIDE } from './selectors';
import { INITIAL_SESSION, type DocumentEdit, type SessionAction, type SessionState } from './sessionState';

const UNDO_DEPTH = 200;
const NOT_SUBMITTED = 'This is not submitted yet: change it as it stands, then press Enter.';
const BEGUN_BEFORE = {
  tone: 'info',
  text: 'This read is submitted. Changes of yours that were not are shown as a correction: submit it, or give it up.',
} as const;
const STAYS = { tone: 'info', text: 'This case stays open. Once it is submitted, E corrects it.' } as const;

export function sessionReducer(state: SessionState, action: SessionAction): SessionState {
  switch (action.type) {
    case 'load':
      return INITIAL_SESSION;
    case 'loadFailed':
      return { ...INITIAL_SESSION, phase: 'loadFailed', loadError: action.message };
    case 'opened':
      return opened(action.payload, action.document, action.amending);
    case 'edit':
      return edited(state, action.edit);
    case 'undo':
      return travel(state, 'past');
    case 'redo':
      return travel(state, 'future');
    case 'activate':
      return { ...state, activeFinding: action.code };
    case 'selectBox':
      return { ...state, selectedBox: action.id, activeFinding: findingOfBox(state, action.id) ?? state.activeFinding };
    case 'saveStatus':
      return withSaveStatus(state, action.status);
    case 'conflictSolved':
      // The version that was not chosen is one undo away: nothing is thrown away.
      return { ...state, phase: 'reading', conflict: null, document: action.chosen, past: [action.other], future: [], typing: false };
    case 'submitRefused':
      return {
        ...state,
        phase: state.phase === 'submitting' ? 'reading' : state.phase,
        activeFinding: action.missing[0] ?? state.activeFinding,
        notice: { tone: 'refused', text: action.message },
        stays: false,
      };
    case 'submitStarted':
      return { ...state, phase: 'submitting', notice: null, stays: false };
    case 'submitFailed':
      return { ...state, notice: { tone: 'refused', text: action.message } };
    case 'submitted':
      return { ...state, phase: 'submitted', amending: false, notice: null };
    case 'stay':
      return state.phase === 'submitting' ? { ...state, stays: true, notice: STAYS } : state;
    case 'correct':
      if (isEditable(state)) return { ...state, notice: { tone: 'refused', text: NOT_SUBMITTED } };
      if (state.phase !== 'submitted' || !mayCorrect(state)) return locked(state);
      return { ...state, phase: 'reading', amending: true, past: [], future: [], typing: false, notice: null };
    case 'cancelCorrection':
      return cancelled(state);
    case 'flagged':
      return { ...state, flags: [...state.flags, action.flag] };
    case 'flagWithdrawn':
      return { ...state, flags: state.flags.filter((flag) => flag.id !== action.id) };
    case 'notice':
      return { ...state, notice: action.notice };
    case 'locked':
      return locked(state);
  }
}

function opened(payload: WorkspacePayload, document: ReadDocument, amending: boolean): SessionState {
  const isDone = payload.assignment.state === 'submitted' && !amending;
  const phase = isDone ? 'submitted' : 'reading';
  const state: SessionState = { ...INITIAL_SESSION, phase, payload, document, amending, flags: payload.flags };
  if (!amending) return state;
  return { ...state, notice: mayCorrect(state) ? BEGUN_BEFORE : { tone: 'info', text: STANDS_BESIDE } };
}

function cancelled(state: SessionState): SessionState {
  if (state.payload === null || !state.amending || !isEditable(state)) return state;
  return { ...opened(state.payload, state.payload.draft.document, false), flags: state.flags };
}

function edited(state: SessionState, edit: DocumentEdit): SessionState {
  if (!isEditable(state) || state.payload === null) return locked(state);
  const result = applyEdit(state, edit);
  if (result === null) return state;
  if ('refused' in result) return { ...state, notice: { tone: 'refused', text: result.refused } };
  const typing = edit.type === 'comment';
  return {
    ...state,
    document: result.document,
    past: pastAfter(state, edit),
    future: [],
    typing,
    notice: null,
    selectedBox: edit.type === 'removeBox' ? null : state.selectedBox,
    activeFinding: activeAfter(state, edit, result.document),
  };
}

/** What cannot be changed takes no key, and says why. A read on its way, and one in conflict, say so for themselves. */
function locked(state: SessionState): SessionState {
  if (state.payload === null || ['submitting', 'conflict'].includes(state.phase)) return state;
  return { ...state, notice: { tone: 'refused', text: whyLocked(state) } };
}

function whyLocked(state: SessionState): string {
  if (state.phase !== 'submitted') return 'This case is not open to you: nothing of it can be changed. Go on from the worklist.';
  return mayCorrect(state)
    ? 'This read is submitted. Press E to correct it.'
    : 'You have seen what others said of this case, or may see it: your read stands as it is.';
}

/** The steps that undo may go back: one for all that is typed, none to a mark "not readable" whose flag is gone. */
function pastAfter(state: SessionState, edit: DocumentEdit): ReadDocument[] {
  if (edit.type === 'comment' && state.typing) return state.past;
  if (edit.type === 'notReadable' && !edit.value) return state.past.filter((document) => !document.not_readable).slice(0, -1);
  return [...state.past, state.document].slice(-UNDO_DEPTH);
}

function applyEdit(state: SessionState, edit: DocumentEdit): Edit | null {
  const { document } = state;
  const schema = state.payload!.schema;
  switch (edit.type) {
    case 'toggle': {
      const finding = schemaFinding(state, edit.code);
      return finding && togglePresent(document, finding);
    }
    case 'answer': {
      const finding = schemaFinding(state, edit.code);
      return finding && setAnswer(document, finding, edit.value);
    }
    case 'answerActive': {
      const finding = currentFinding(state);
      return finding && setAnswer(document, finding, edit.value);
    }
    case 'rest':
      return answerRest(document, schema);
    case 'normal':
      return markNormal(document, schema);
    case 'addBox': {
      const finding = boxFinding(state);
      if (finding === null) return { refused: 'Whose mark is this? Choose its finding first (its digit), then draw.' };
      return addBox(document, finding, { ...edit.box, finding: finding.code });
    }
    case 'changeBox':
      return changeBox(document, edit.id, edit.change);
    case 'removeBox':
      return removeBox(document, edit.id);
    case 'comment':
      return setComment(document, edit.text);
    case 'notReadable':
      return edit.value ? setNotReadable(document) : { document: readableAgain(state) };
  }
}

/** The answers and marks from before, where this window still knows them. */
function readableAgain({ document, past }: SessionState): ReadDocument {
  const before = past.filter((earlier) => !earlier.not_readable).at(-1);
  return { ...(before ?? document), comment: document.comment, not_readable: false };
}

/** A digit keeps its finding current, for U and for boxes; P, U and X go on to the next open finding. */
function activeAfter(state: SessionState, edit: DocumentEdit, document: ReadDocument): string | null {
  switch (edit.type) {
    case 'toggle':
    case 'answer':
      return edit.code;
    case 'answerActive': {
      const finding = currentFinding(state);
      if (edit.value === 'present' && finding?.boxes) return finding.code;
      return nextOpen(state, document, finding);
    }
    case 'addBox':
      return boxFinding(state)?.code ?? state.activeFinding;
    case 'rest':
    case 'normal':
      return null;
    default:
      return state.activeFinding;
  }
}

function nextOpen(state: SessionState, document: ReadDocument, after: Finding | null): string | null {
  const schema = state.payload!.schema;
  const open = openFindings(document, schema).map((finding) => finding.code);
  const order = schema.findings.map((finding) => finding.code);
  const start = after === null ? 0 : order.indexOf(after.code) + 1;
  const round = [...order.slice(start), ...order.slice(0, start)];
  return round.find((code) => open.includes(code)) ?? null;
}

function travel(state: SessionState, from: 'past' | 'future'): SessionState {
  const steps = state[from];
  if (!isEditable(state)) return locked(state);
  if (steps.length === 0) return state;
  const document = steps[steps.length - 1];
  const rest = steps.slice(0, -1);
  const other = from === 'past' ? state.future : state.past;
  // The flag goes with the mark "not readable"; to redo the mark would leave it without one.
  const grown = document.not_readable === state.document.not_readable ? [...other, state.document] : [];
  return from === 'past'
    ? { ...state, document, past: rest, future: grown, typing: false, notice: null }
    : { ...state, document, future: rest, past: grown, typing: false, notice: null };
}

function withSaveStatus(state: SessionState, status: SaveStatus): SessionState {
  if (state.phase === 'submitting' || state.phase === 'submitted') return { ...state, save: status };
  switch (status.kind) {
    case 'saved':
      return { ...state, save: status, phase: 'reading' };
    case 'saving':
      return { ...state, save: status, phase: 'saving' };
    case 'unsaved':
      return { ...state, save: status, phase: 'saveFailed' };
    case 'conflict':
      return { ...state, save: status, phase: 'conflict', conflict: { mine: status.mine, server: status.server } };
  }
}

function findingOfBox(state: SessionState, id: string | null): string | null {
  return state.document.annotations.find((box) => box.id === id)?.finding ?? null;
}

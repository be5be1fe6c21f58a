/** The reading session as a reducer with named states. Pure: requests, the journal and the viewer are at its edge. */
import type { AnswerValue, BoxAnnotation, Draft, Finding, ReadDocument, WorkspacePayload } from '../../api/types';
import {
  addBox,
  answerRest,
  changeBox,
  EMPTY_DOCUMENT,
  markNormal,
  missingFindings,
  openFindings,
  removeBox,
  setAnswer,
  setComment,
  setNotReadable,
  togglePresent,
  type Edit,
} from './edits';
import type { SaveStatus } from './saveQueue';

export type Phase =
  | 'loading'
  | 'loadFailed'
  | 'reading'
  | 'saving'
  | 'saveFailed'
  | 'conflict'
  | 'submitting'
  | 'submitted';

export interface Notice {
  tone: 'info' | 'refused';
  text: string;
}

export interface SessionState {
  phase: Phase;
  payload: WorkspacePayload | null;
  loadError: string | null;
  document: ReadDocument;
  past: ReadDocument[];
  future: ReadDocument[];
  /** The finding that U, P, X and a new box belong to. */
  activeFinding: string | null;
  selectedBox: string | null;
  /** True while a submitted read is being corrected: nothing is saved until it is submitted again. */
  amending: boolean;
  save: SaveStatus;
  conflict: { mine: ReadDocument; server: Draft } | null;
  notice: Notice | null;
}

export type DocumentEdit =
  | { type: 'toggle'; code: string }
  | { type: 'answer'; code: string; value: AnswerValue | null }
  | { type: 'answerActive'; value: AnswerValue }
  | { type: 'rest' }
  | { type: 'normal' }
  | { type: 'addBox'; box: Omit<BoxAnnotation, 'finding'> }
  | { type: 'changeBox'; id: string; change: Partial<BoxAnnotation> }
  | { type: 'removeBox'; id: string }
  | { type: 'comment'; text: string }
  | { type: 'notReadable'; value: boolean };

export type SessionAction =
  | { type: 'load' }
  | { type: 'loadFailed'; message: string }
  | { type: 'opened'; payload: WorkspacePayload; document: ReadDocument; amending: boolean }
  | { type: 'edit'; edit: DocumentEdit }
  | { type: 'undo' }
  | { type: 'redo' }
  | { type: 'activate'; code: string | null }
  | { type: 'selectBox'; id: string | null }
  | { type: 'saveStatus'; status: SaveStatus }
  | { type: 'conflictSolved'; chosen: ReadDocument; other: ReadDocument }
  | { type: 'submitRefused'; message: string; missing: string[] }
  | { type: 'submitStarted' }
  | { type: 'submitFailed'; message: string }
  | { type: 'submitted' }
  | { type: 'correct' }
  | { type: 'cancelCorrection' }
  | { type: 'notice'; notice: Notice | null };

export const INITIAL_SESSION: SessionState = {
  phase: 'loading',
  payload: null,
  loadError: null,
  document: EMPTY_DOCUMENT,
  past: [],
  future: [],
  activeFinding: null,
  selectedBox: null,
  amending: false,
  save: { kind: 'saved', at: null },
  conflict: null,
  notice: null,
};

const UNDO_DEPTH = 200;

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
      return { ...state, phase: 'reading', conflict: null, document: action.chosen, past: [action.other], future: [] };
    case 'submitRefused':
      return {
        ...state,
        phase: state.phase === 'submitting' ? 'reading' : state.phase,
        activeFinding: action.missing[0] ?? state.activeFinding,
        notice: { tone: 'refused', text: action.message },
      };
    case 'submitStarted':
      return { ...state, phase: 'submitting', notice: null };
    case 'submitFailed':
      return { ...state, notice: { tone: 'refused', text: action.message } };
    case 'submitted':
      return { ...state, phase: 'submitted', amending: false, notice: null };
    case 'correct':
      return { ...state, phase: 'reading', amending: true, past: [], future: [], notice: null };
    case 'cancelCorrection':
      return cancelled(state);
    case 'notice':
      return { ...state, notice: action.notice };
  }
}

/** Whether the reader may change answers and marks now. */
export function isEditable(state: SessionState): boolean {
  if (state.payload === null) return false;
  if (!['reading', 'saving', 'saveFailed'].includes(state.phase)) return false;
  return state.amending || state.payload.allowed_actions.includes('save');
}

export function schemaFinding(state: SessionState, code: string | null): Finding | null {
  return state.payload?.schema.findings.find((finding) => finding.code === code) ?? null;
}

/** The finding that a key without a digit means: the one addressed last, else the first that is open. */
export function currentFinding(state: SessionState): Finding | null {
  if (state.payload === null) return null;
  const active = schemaFinding(state, state.activeFinding);
  return active ?? openFindings(state.document, state.payload.schema)[0] ?? null;
}

/** The finding a new box belongs to: the current one where it takes boxes, else the only present one that does. */
export function boxFinding(state: SessionState): Finding | null {
  const active = schemaFinding(state, state.activeFinding);
  if (active?.boxes) return active;
  const schema = state.payload?.schema;
  const boxable = schema?.findings.filter((finding) => finding.boxes) ?? [];
  if (boxable.length === 1) return boxable[0];
  const present = boxable.filter((finding) => state.document.answers[finding.code]?.value === 'present');
  return present.length === 1 ? present[0] : null;
}

function opened(payload: WorkspacePayload, document: ReadDocument, amending: boolean): SessionState {
  const isDone = payload.assignment.state === 'submitted' && !amending;
  return { ...INITIAL_SESSION, phase: isDone ? 'submitted' : 'reading', payload, document, amending };
}

function cancelled(state: SessionState): SessionState {
  if (state.payload === null || !state.amending) return state;
  return opened(state.payload, state.payload.draft.document, false);
}

function edited(state: SessionState, edit: DocumentEdit): SessionState {
  if (!isEditable(state) || state.payload === null) return state;
  const result = applyEdit(state, edit);
  if (result === null) return state;
  if ('refused' in result) return { ...state, notice: { tone: 'refused', text: result.refused } };
  return {
    ...state,
    document: result.document,
    past: [...state.past, state.document].slice(-UNDO_DEPTH),
    future: [],
    notice: null,
    selectedBox: edit.type === 'removeBox' ? null : state.selectedBox,
    activeFinding: activeAfter(state, edit, result.document),
  };
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
      return setNotReadable(document, edit.value);
  }
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
  if (!isEditable(state) || steps.length === 0) return state;
  const document = steps[steps.length - 1];
  const rest = steps.slice(0, -1);
  const other = from === 'past' ? state.future : state.past;
  const grown = [...other, state.document];
  return from === 'past'
    ? { ...state, document, past: rest, future: grown, notice: null }
    : { ...state, document, future: rest, past: grown, notice: null };
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

/** Why Enter does not submit yet, or null when it may. */
export function submitObstacle(state: SessionState): { message: string; missing: string[] } | null {
  if (state.payload === null) return null;
  const missing = missingFindings(state.document, state.payload.schema);
  if (missing.length === 0) return null;
  const names = missing.slice(0, 3).map((finding) => finding.name);
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  return {
    message: `Still open: ${names.join(', ')}${more}. A answers what is open as absent.`,
    missing: missing.map((finding) => finding.code),
  };
}

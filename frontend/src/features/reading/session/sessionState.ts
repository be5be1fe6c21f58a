/** What a reading session is made of: its phases, its state, and all that can happen to it. */
import type { AnswerValue, BoxAnnotation, Draft, ReadDocument, StandingFlag, WorkspacePayload } from '../../../api/types';
import { EMPTY_DOCUMENT } from './edits';
import type { SaveStatus } from '../saving/saveQueue';

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
  /** The last change was to the comment; the next letter belongs to the same step of undo. */
  typing: boolean;
  /** The finding that U, P, X and a new box belong to. */
  activeFinding: string | null;
  selectedBox: string | null;
  /** True while a submitted read is being corrected: nothing is saved until it is submitted again. */
  amending: boolean;
  /** What the data manager has been told of this case and not told otherwise. */
  flags: StandingFlag[];
  save: SaveStatus;
  conflict: { mine: ReadDocument; server: Draft } | null;
  notice: Notice | null;
  /** She asked for this case before its submit was answered: it stays open when the answer comes. */
  stays: boolean;
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
  /** The way back was asked for while the submit is on its way. */
  | { type: 'stay' }
  | { type: 'correct' }
  /** A key asked for what this read does not allow, or no longer. */
  | { type: 'locked' }
  | { type: 'cancelCorrection' }
  | { type: 'flagged'; flag: StandingFlag }
  | { type: 'flagWithdrawn'; id: string }
  | { type: 'notice'; notice: Notice | null };

export const INITIAL_SESSION: SessionState = {
  phase: 'loading',
  payload: null,
  loadError: null,
  document: EMPTY_DOCUMENT,
  past: [],
  future: [],
  typing: false,
  activeFinding: null,
  selectedBox: null,
  amending: false,
  flags: [],
  save: { kind: 'saved', at: null },
  conflict: null,
  notice: null,
  stays: false,
};

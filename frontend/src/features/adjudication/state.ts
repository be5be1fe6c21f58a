/** The adjudication of one case as a reducer with named states. Pure. */
import type { AdjudicationPayload, AdjudicatedFinding, AnswerValue, BoxAnnotation, BoxGeometry } from '../../api/types';
import type { Decision } from './api/adjudication';
import { REASONS } from './reasons';

export type Phase = 'loading' | 'loadFailed' | 'deciding' | 'submitting' | 'submitted' | 'readOnly';

type MadeDecision = NonNullable<AdjudicatedFinding['decision']>;

/** What the adjudicator has settled on one finding so far. */
export interface Choice {
  value: AnswerValue | null;
  /** Empty until one is chosen or typed. */
  reason: string;
  /** The reason is typed, letter by letter: on the way it may read like one of the ready ones. */
  isOwn: boolean;
  boxes: BoxAnnotation[];
}

export interface AdjudicationState {
  phase: Phase;
  payload: AdjudicationPayload | null;
  loadError: string | null;
  choices: Record<string, Choice>;
  current: string | null;
  /** Letters of the reads that are drawn. */
  visible: string[];
  selectedBox: string | null;
  notice: string | null;
}

export type AdjudicationAction =
  | { type: 'load' }
  | { type: 'loadFailed'; message: string }
  /** `choices`: what she had chosen here and not sent. */
  | { type: 'opened'; payload: AdjudicationPayload; choices: Record<string, Choice> }
  | { type: 'correct' }
  | { type: 'giveUp' }
  | { type: 'value'; value: AnswerValue; finding?: string }
  /** One of the ready reasons; goes on to the next finding. */
  | { type: 'reason'; reason: string; finding?: string }
  | { type: 'ownReason'; text: string; finding?: string }
  | { type: 'go'; to: string }
  | { type: 'step'; delta: 1 | -1 }
  | { type: 'toggleReader'; label: string }
  | { type: 'solo' }
  | { type: 'takeMarks'; label: string; ids: string[] }
  | { type: 'addBox'; box: BoxAnnotation }
  | { type: 'changeBox'; id: string; geometry: BoxGeometry }
  | { type: 'removeBox'; id: string }
  | { type: 'selectBox'; id: string | null }
  | { type: 'submitStarted' }
  | { type: 'submitFailed'; message: string }
  | { type: 'submitted' }
  /** A key asked for what cannot be done now. */
  | { type: 'locked' }
  | { type: 'notice'; text: string | null };

export const INITIAL: AdjudicationState = {
  phase: 'loading',
  payload: null,
  loadError: null,
  choices: {},
  current: null,
  visible: [],
  selectedBox: null,
  notice: null,
};

export const NO_CHOICE: Choice = { value: null, reason: '', isOwn: false, boxes: [] };
const DECIDE_FIRST = 'Decide first: 1 present, 2 absent, 3 uncertain.';
const BEGUN_BEFORE = 'This case is decided. What you changed since and did not send is shown: submit it, or give it up.';

export function adjudicationReducer(state: AdjudicationState, action: AdjudicationAction): AdjudicationState {
  switch (action.type) {
    case 'load':
      return INITIAL;
    case 'loadFailed':
      return { ...INITIAL, phase: 'loadFailed', loadError: action.message };
    case 'opened':
      return opened(action.payload, action.choices);
    case 'correct':
      return state.payload?.allowed_actions.includes('correct') ? { ...state, phase: 'deciding', notice: null } : locked(state);
    case 'giveUp':
      return state.payload !== null && isCorrecting(state) ? opened(state.payload, {}) : locked(state);
    case 'go':
      return { ...state, current: action.to, notice: null };
    case 'step':
      return { ...state, current: neighbour(state, action.delta), notice: null };
    case 'toggleReader':
      return { ...state, visible: toggled(state, action.label) };
    case 'solo':
      return { ...state, visible: nextSolo(state) };
    case 'selectBox':
      return { ...state, selectedBox: action.id };
    case 'submitStarted':
      return { ...state, phase: 'submitting', notice: null };
    case 'submitFailed':
      return { ...state, phase: 'deciding', notice: action.message };
    case 'submitted':
      return { ...state, phase: 'submitted', notice: null };
    case 'notice':
      return { ...state, notice: action.text };
    case 'locked':
      return locked(state);
    default:
      return state.phase === 'deciding' ? decided(state, action) : locked(state);
  }
}

function locked(state: AdjudicationState): AdjudicationState {
  const { payload, phase } = state;
  if (payload === null || phase === 'submitting') return state;
  return { ...state, notice: whyLocked(phase, payload.allowed_actions) };
}

function whyLocked(phase: Phase, allowed: string[]): string {
  if (phase === 'deciding') return 'That cannot be done now. Decide and submit, or leave the case.';
  if (phase === 'submitted') return 'Your decisions are sent. Press Enter for the next case.';
  if (allowed.includes('correct')) return 'This case is decided. Press U to correct it.';
  if (allowed.includes('recall')) return 'This case is back with a reader. Press S to take it back.';
  return 'This case is not yours to decide. Press Enter for the next one.';
}

type ChoiceAction = Extract<
  AdjudicationAction,
  { type: 'value' | 'reason' | 'ownReason' | 'takeMarks' | 'addBox' | 'changeBox' | 'removeBox' }
>;

function decided(state: AdjudicationState, action: ChoiceAction): AdjudicationState {
  const finding = 'finding' in action && action.finding !== undefined ? action.finding : state.current;
  if (finding === null) return state;
  const choice = choiceOf(state, finding);
  const set = (change: Partial<Choice>): AdjudicationState => ({
    ...state,
    current: finding,
    notice: null,
    choices: { ...state.choices, [finding]: { ...choice, ...change } },
  });
  switch (action.type) {
    case 'value':
      // A finding that is not there carries no mark.
      return set({ value: action.value, boxes: action.value === 'absent' ? [] : choice.boxes });
    case 'reason': {
      if (choice.value === null) return { ...state, notice: DECIDE_FIRST };
      const after = set({ reason: action.reason, isOwn: false });
      return { ...after, current: nextOpen(after) ?? finding };
    }
    case 'ownReason':
      return choice.value === null ? { ...state, notice: DECIDE_FIRST } : set({ reason: action.text, isOwn: true });
    case 'takeMarks':
      return takeMarks(state, set, choice, action);
    case 'addBox':
      if (!takesBoxes(state, finding)) return { ...state, notice: 'This finding takes no boxes.' };
      return set({ ...withMark(choice), boxes: [...choice.boxes, action.box] });
    case 'changeBox':
      return set({ boxes: choice.boxes.map((box) => (box.id === action.id ? { ...box, geometry: action.geometry } : box)) });
    case 'removeBox':
      return { ...set({ boxes: choice.boxes.filter((box) => box.id !== action.id) }), selectedBox: null };
  }
}

function takeMarks(
  state: AdjudicationState,
  set: (change: Partial<Choice>) => AdjudicationState,
  choice: Choice,
  { label, ids }: { label: string; ids: string[] },
): AdjudicationState {
  const marks = marksOf(state, label, state.current ?? '');
  if (marks.length === 0) return { ...state, notice: `Read ${label} has no mark of this finding.` };
  // Copies with names of their own: the read they come from stays as it is.
  const boxes = marks.map((mark, index) => ({ ...mark, id: ids[index] }));
  return set({ ...withMark(choice), boxes });
}

function withMark(choice: Choice): Partial<Choice> {
  return choice.value === null || choice.value === 'absent' ? { value: 'present' } : {};
}

/** Whether a decision that stands is being changed. */
export function isCorrecting({ phase, payload }: AdjudicationState): boolean {
  return phase === 'deciding' && (payload?.allowed_actions.includes('correct') ?? false);
}

export function choiceOf(state: Pick<AdjudicationState, 'choices'>, finding: string): Choice {
  return state.choices[finding] ?? NO_CHOICE;
}

export function marksOf(state: AdjudicationState, label: string, finding: string): BoxAnnotation[] {
  const read = state.payload?.reads.find((entry) => entry.label === label);
  return read?.annotations.filter((mark) => mark.finding === finding) ?? [];
}

export function takesBoxes(state: AdjudicationState, finding: string): boolean {
  return state.payload?.schema.findings.some((entry) => entry.code === finding && entry.boxes) ?? false;
}

/** Findings without a value, in the order of the list. */
export function undecided(state: AdjudicationState): AdjudicatedFinding[] {
  return state.payload?.findings.filter((finding) => choiceOf(state, finding.code).value === null) ?? [];
}

/** Findings that are decided without the reason that this project asks for. */
export function unexplained(state: AdjudicationState): AdjudicatedFinding[] {
  if (!state.payload?.adjudication.reason_required) return [];
  return state.payload.findings.filter((finding) => choiceOf(state, finding.code).reason.trim() === '');
}

/** What is sent; the reason is hers, or empty. */
export function decisionsOf(state: Pick<AdjudicationState, 'payload' | 'choices'>): Decision[] {
  return (state.payload?.findings ?? []).flatMap(({ code }) => {
    const { value, reason, boxes } = choiceOf(state, code);
    return value === null ? [] : [{ finding: code, value, reason: reason.trim(), annotations: boxes }];
  });
}

/** The next finding that has no value, after the current one and round again. */
export function nextOpen(state: AdjudicationState): string | null {
  const codes = state.payload?.findings.map((finding) => finding.code) ?? [];
  const start = codes.indexOf(state.current ?? '') + 1;
  const round = [...codes.slice(start), ...codes.slice(0, start)];
  return round.find((code) => choiceOf(state, code).value === null) ?? null;
}

function opened(payload: AdjudicationPayload, kept: Record<string, Choice>): AdjudicationState {
  const made = madeChoices(payload);
  const chosen = { ...made, ...kept };
  const canDecide = payload.allowed_actions.includes('decide');
  const unsent = unsentText(payload, chosen);
  const isBegun = payload.allowed_actions.includes('correct') && unsent !== '';
  const isTooLate = payload.adjudication.state === 'decided' && !isBegun && unsent !== '';
  const state: AdjudicationState = {
    ...INITIAL,
    phase: canDecide || isBegun ? 'deciding' : 'readOnly',
    payload,
    choices: canDecide || isBegun ? chosen : made,
    visible: payload.reads.map((read) => read.label),
    notice: isBegun ? BEGUN_BEFORE : isTooLate ? `Chosen by you and not sent: ${unsent}. The decision stands as it is.` : null,
  };
  return { ...state, current: nextOpen(state) ?? payload.findings[0]?.code ?? null };
}

/** What would be sent other than it was decided; empty where nothing would. */
export function unsentText(payload: AdjudicationPayload, chosen: Record<string, Choice>): string {
  const made = decisionsOf({ payload, choices: madeChoices(payload) });
  const decided = new Set(made.map((decision) => JSON.stringify(decision)));
  return decisionsOf({ payload, choices: chosen })
    .filter((decision) => !decided.has(JSON.stringify(decision)))
    .map(({ finding, value, reason }) => {
      const name = payload.findings.find(({ code }) => code === finding)!.name;
      return reason === '' ? `${name} ${value}` : `${name} ${value}, “${reason}”`;
    })
    .join('; ');
}

/** What was decided, of a case that is looked at or was opened again. */
function madeChoices({ findings }: AdjudicationPayload): Record<string, Choice> {
  return Object.fromEntries(
    findings.flatMap(({ code, decision }) => (decision === null ? [] : [[code, madeChoice(decision)]])),
  );
}

function madeChoice({ value, reason, annotations }: MadeDecision): Choice {
  return { value: value as AnswerValue, reason, isOwn: !REASONS.includes(reason), boxes: annotations };
}

function neighbour(state: AdjudicationState, delta: 1 | -1): string | null {
  const codes = state.payload?.findings.map((finding) => finding.code) ?? [];
  return codes[codes.indexOf(state.current ?? '') + delta] ?? state.current;
}

function toggled({ visible }: AdjudicationState, label: string): string[] {
  return visible.includes(label) ? visible.filter((entry) => entry !== label) : [...visible, label].sort();
}

/** All, then each alone, then all again. */
function nextSolo({ payload, visible }: AdjudicationState): string[] {
  const labels = payload?.reads.map((read) => read.label) ?? [];
  const next = visible.length === 1 ? labels[labels.indexOf(visible[0]) + 1] : labels[0];
  return next === undefined ? labels : [next];
}

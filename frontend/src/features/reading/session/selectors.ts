/** What follows from the state of a reading session. Pure. */
import type { Finding, StandingFlag } from '../../../api/types';
import type { GivenUp } from '../saving/journal';
import { missingFindings, openFindings, unansweredMarks } from './edits';
import type { SessionState } from './sessionState';

/** Of a correction that was begun before the outcome was looked at. */
export const STANDS_BESIDE =
  'You have seen what others said of this case, or may see it: your read stands as it is. Changes of yours that were not submitted are shown; give the correction up to see your read.';

/** Whether the reader may change answers and marks now. */
export function isEditable(state: SessionState): boolean {
  if (state.payload === null) return false;
  if (!['reading', 'saving', 'saveFailed'].includes(state.phase)) return false;
  return state.amending || state.payload.allowed_actions.includes('save');
}

/** Whether a submitted read may still be corrected. */
export function mayCorrect(state: SessionState): boolean {
  return state.payload?.allowed_actions.includes('amend') ?? false;
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

/** Why Enter does not submit yet, or null when it may. */
export function submitObstacle(state: SessionState): { message: string; missing: string[] } | null {
  if (state.payload === null) return null;
  if (state.amending && !mayCorrect(state)) return { message: STANDS_BESIDE, missing: [] };
  const marked = unansweredMarks(state.document, state.payload.schema);
  if (marked.length > 0) {
    const message = `Marked but not answered: ${namesOf(marked)}. Answer present or uncertain (P, U), or delete the mark.`;
    return { message, missing: marked.map((finding) => finding.code) };
  }
  const missing = missingFindings(state.document, state.payload.schema);
  if (missing.length === 0) return null;
  return {
    message: `Still open: ${namesOf(missing)}. A answers what is open as absent.`,
    missing: missing.map((finding) => finding.code),
  };
}

function namesOf(findings: Finding[]): string {
  const names = findings.slice(0, 3).map((finding) => finding.name);
  return names.join(', ') + (findings.length > 3 ? ` and ${findings.length - 3} more` : '');
}

/** What goes with a correction that is given up: the draft that was put aside, and flags that the read does not say. */
export function givenUpWith(state: SessionState): GivenUp | null {
  if (state.payload === null || !state.amending) return null;
  const { draft, draft_aside: aside } = state.payload;
  const raised = draft.document.not_readable ? [] : state.flags.filter((flag) => flag.kind === 'not_readable');
  if (aside === null && raised.length === 0) return null;
  return { aside: aside?.version ?? null, flags: raised.map((flag) => flag.id) };
}

/** Whether a flag can be taken back now: "not readable" goes with the mark in the read, or where the read has none. */
export function mayTakeBack(state: SessionState, flag: StandingFlag): boolean {
  return flag.kind === 'urgent' || isEditable(state) || (state.phase === 'submitted' && !state.document.not_readable);
}

/** Flags "not readable" of a case that is being read after all; a correction takes its flag with it when it is submitted. */
export function contradictedFlags(state: SessionState): StandingFlag[] {
  if (!isEditable(state) || state.amending || state.document.not_readable) return [];
  return state.flags.filter((flag) => flag.kind === 'not_readable');
}

/** The form of a study: what is written in it, and the plan that it makes. */
import { caseNumbers } from '../../lib/caseNumbers';
import type { StudyPlan } from './api/rounds';

export interface Draft {
  purpose: StudyPlan['purpose'];
  /** None: all findings of the schema. */
  findings: string[];
  by: 'random' | 'number';
  nRandom: number;
  split: string;
  standing: string;
  numbers: string;
  readersPerCase: number;
  /** None: every reader of the project. */
  readers: string[];
  /** As a `datetime-local` field has it, in the browser's zone; empty: at once. */
  notBefore: string;
}

export const ANY = 'any';

export const EMPTY: Draft = {
  purpose: 'calibration',
  findings: [],
  by: 'random',
  nRandom: 20,
  split: ANY,
  standing: ANY,
  numbers: '',
  readersPerCase: 2,
  readers: [],
  notBefore: '',
};

/** Null while the form does not make one: its numbers are none. */
export function planOf(draft: Draft): StudyPlan | null {
  const byNumber = draft.by === 'number';
  const numbers = byNumber ? caseNumbers(draft.numbers) : [];
  if (numbers === null || (byNumber ? numbers.length === 0 : draft.nRandom < 1) || draft.readersPerCase < 1) return null;
  return {
    purpose: draft.purpose,
    findings: draft.findings.length === 0 ? null : draft.findings,
    numbers,
    n_random: byNumber ? 0 : draft.nRandom,
    split: byNumber || draft.split === ANY ? null : (draft.split as StudyPlan['split']),
    standing: byNumber ? ANY : (draft.standing as StudyPlan['standing']),
    readers_per_case: draft.readersPerCase,
    readers: draft.readers,
    not_before: draft.notBefore === '' ? null : new Date(draft.notBefore).toISOString(),
  };
}

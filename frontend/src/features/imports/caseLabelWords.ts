/** What a table for cases that are here does, in words. */
import { plural } from '../../lib/format';
import type { CaseLabelsKind, CaseLabelsReport } from './api/caseLabels';

const READ = 'read:';

interface Words {
  title: string;
  /** What becomes of them, where the title does not say it. */
  note?: string;
  isBad?: boolean;
}

const LABELS: Record<CaseLabelsKind, Words> = {
  new: { title: 'New' },
  equal: { title: 'Equal', note: 'the case has this label already' },
  different: { title: 'Different', note: 'the case has another label' },
  read_before: { title: 'Read already', note: 'this reader has the case; a read is never replaced', isBad: true },
  no_open_slot: { title: 'All reads in', note: 'the case asks for no further read', isBad: true },
  refused: { title: 'Refused', isBad: true },
  uncertain: { title: 'Uncertain', note: 'no truth, so left out' },
  nothing: { title: 'Nothing said', note: 'no finding of the line has a value' },
  no_case: { title: 'No case', note: 'no case of this project, or not of one alone', isBad: true },
  two_cases: { title: 'Two cases', note: 'the number and the image are of different cases', isBad: true },
  unreadable: { title: 'Cannot be read', isBad: true },
};

/** `replaced`: of a table that was taken, whether it replaced what stood otherwise. */
export function kindWords(kind: CaseLabelsKind, replaced?: boolean): Words {
  if (kind !== 'different' || replaced === undefined) return LABELS[kind];
  return { ...LABELS[kind], note: replaced ? 'replaced' : 'left as they were' };
}

/** Kinds that count lines of the table, not labels. */
const LINES: ReadonlySet<CaseLabelsKind> = new Set(['no_case', 'two_cases', 'unreadable', 'nothing']);

export function isReads(labelsAs: string): boolean {
  return labelsAs.startsWith(READ);
}

export function readsOf(username: string): string {
  return `${READ}${username}`;
}

/** What the labels of a table are, for people. */
export function labelsAsWords(labelsAs: string): string {
  if (isReads(labelsAs)) return `reads of ${labelsAs.slice(READ.length)}`;
  return labelsAs === 'reference' ? 'reference labels' : 'hidden truth';
}

/** `3 labels`, `3 reads` or `3 lines`. */
export function counted(n: number, kind: CaseLabelsKind, labelsAs: string): string {
  if (LINES.has(kind)) return plural(n, 'line');
  return plural(n, isReads(labelsAs) ? 'read' : 'label');
}

export function numberOf(report: CaseLabelsReport, kind: CaseLabelsKind): number {
  return report.groups.find((group) => group.kind === kind)?.n ?? 0;
}

/** What taking the table would change. */
export function numberToTake(report: CaseLabelsReport, replaces: boolean): number {
  return numberOf(report, 'new') + (replaces ? numberOf(report, 'different') : 0);
}

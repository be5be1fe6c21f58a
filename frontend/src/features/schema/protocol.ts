/** What follows from a protocol, in figures and in words. */
import type { FindingRule, Protocol, Rule } from '../../api/projects';
import type { Finding } from '../../api/types';
import { plural } from '../../lib/format';
import type { SlotsPreview } from './api/schema';

export const DEFAULT_RULE: FindingRule = { rule: 'adjudicate', present_uncertain: true, uncertain_absent: true };

export const RULES: { value: Rule; label: string }[] = [
  { value: 'adjudicate', label: 'Ask the adjudicator' },
  { value: 'majority', label: 'Majority decides' },
  { value: 'any_positive', label: 'One positive is enough' },
  { value: 'soft', label: 'Leave it soft' },
];

/** One sentence on what happens to a finding on which the reads differ. */
export function ruleSentence({ rule, present_uncertain, uncertain_absent }: FindingRule): string {
  const after: Record<Rule, string> = {
    adjudicate: 'A difference opens the case for adjudication.',
    majority: 'More than half of the reads decide; a tie goes to the adjudicator.',
    any_positive: 'One present is enough for present.',
    soft: 'The share of present votes is kept as it is.',
  };
  const ignored = [
    present_uncertain ? null : 'present against uncertain',
    uncertain_absent ? null : 'uncertain against absent',
  ].filter((each) => each !== null);
  return ignored.length === 0 ? after[rule] : `${after[rule]} Not counted: ${ignored.join(' and ')}.`;
}

/** Rules for every finding of the schema, the default where the protocol names none. */
export function rulesFor(findings: Finding[], protocol: Pick<Protocol, 'finding_rules'>): Record<string, FindingRule> {
  return Object.fromEntries(
    findings.map(({ code }) => [code, { ...DEFAULT_RULE, ...protocol.finding_rules[code] }]),
  );
}

/** What another number of readers changes, in one sentence per effect. */
export function slotsSentences({ n_cases, n_more, n_fewer, n_completed, n_asked_again }: SlotsPreview): string[] {
  if (n_cases === 0 && n_completed === 0) return ['No case that is open is changed by that.'];
  return [
    `Saving changes ${plural(n_cases, 'case')} that ${n_cases === 1 ? 'is' : 'are'} not closed; closed cases stay.`,
    n_more > 0 ? `${plural(n_more, 'read')} more will be asked.` : '',
    n_fewer > 0 ? `${plural(n_fewer, 'read')} that nobody has begun will not be asked any more.` : '',
    n_completed > 0 ? `${plural(n_completed, 'case')} will be complete by that, and settled.` : '',
    n_asked_again > 0
      ? `${plural(n_asked_again, 'case')} that had all reads will be read once more before anybody decides.`
      : '',
  ].filter((sentence) => sentence !== '');
}

/** Which cases are settled by other rules, and which keep those they were settled by. */
export function rulesSentences({ cases }: Pick<SlotsPreview, 'cases'>): string[] {
  const coming = cases.new + cases.open;
  const settled = cases.read + cases.closed;
  if (coming + settled === 0) return ['No case is read or waits yet: the new rules hold for all that come.'];
  return [
    coming > 0 ? `The new rules settle ${plural(coming, 'case')} whose reads are not all in.` : '',
    settled > 0
      ? `${plural(settled, 'case')} settled already ${settled === 1 ? 'keeps its' : 'keep their'} labels; once this is saved, compare below and have that settled anew if you want.`
      : '',
  ].filter((sentence) => sentence !== '');
}

/** Reads that a project needs in all, and the reading time they take in hours when the pace is known. */
export function readingCost(
  nCases: number,
  readersPerCase: number,
  medianSeconds: number | null,
): { reads: number; hours: number | null } {
  const reads = nCases * readersPerCase;
  return { reads, hours: medianSeconds === null ? null : (reads * medianSeconds) / 3600 };
}

/** The middle of the readers' own medians, weighted by nothing: good enough for a budget. */
export function typicalSeconds(readers: { median_seconds: number | null }[]): number | null {
  const known = readers
    .map((reader) => reader.median_seconds)
    .filter((value) => value !== null)
    .sort((a, b) => a - b);
  if (known.length === 0) return null;
  const middle = Math.floor(known.length / 2);
  return known.length % 2 === 1 ? known[middle] : (known[middle - 1] + known[middle]) / 2;
}

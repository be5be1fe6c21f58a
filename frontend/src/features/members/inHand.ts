/** What a person has in hand, in one line. */
import { ago, NOTHING, plural } from '../../lib/format';
import type { MemberWork } from './api/work';

/** The server counts no further. */
const MOST_COUNTED = 100;

export function inHandSentence(work: MemberWork | undefined, now: Date = new Date()): string {
  if (work === undefined) return NOTHING;
  const parts = [
    counted(work.n_open, 'open'),
    counted(work.n_reserved, 'reserved'),
    counted(work.n_returned, 'sent back'),
    counted(work.n_adjudications, 'to decide'),
    counted(work.n_skipped, 'skipped'),
  ].filter((part) => part !== '');
  if (work.oldest_at !== null) parts.push(`oldest ${ago(work.oldest_at, now)}`);
  return parts.length === 0 ? NOTHING : parts.join(', ');
}

function counted(n: number, what: string): string {
  if (n === 0) return '';
  return n >= MOST_COUNTED ? `${MOST_COUNTED} or more ${what}` : `${n} ${what}`;
}

/** What she loses, said before her roles are saved; empty where nothing is open. */
export function lostSentence(work: MemberWork | undefined, lost: { reader: boolean; adjudicator: boolean }): string {
  if (work === undefined) return '';
  const nCases = lost.reader ? work.n_open + work.n_reserved : 0;
  const nDecisions = lost.adjudicator ? work.n_adjudications : 0;
  const held = [
    nCases > 0 ? `${plural(nCases, 'case')} she has open or reserved` : '',
    nDecisions > 0 ? `${plural(nDecisions, 'case')} she is deciding` : '',
  ].filter((part) => part !== '');
  return held.length === 0 ? '' : `${held.join(' and ')}: free for others at once. Her drafts are kept.`;
}

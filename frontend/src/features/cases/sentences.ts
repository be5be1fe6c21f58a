/** What the list of cases says in words: of what it is narrowed to, of its order, of how many there are. */
import { findingName } from '../../lib/findings';
import { count, plural, words } from '../../lib/format';
import { BY_NUMBER, BY_SCORE, type Filter, type FilterName } from './asked';

export interface Choice {
  value: string;
  label: string;
}

export const SPLITS: Choice[] = ['pool', 'validation', 'test', 'excluded'].map((value) => ({ value, label: value }));
export const STATES: Choice[] = [
  { value: 'not_begun', label: 'not begun' },
  { value: 'begun', label: 'begun' },
  { value: 'complete', label: 'all reads in' },
  { value: 'closed', label: 'closed' },
];
export const VALUES: Choice[] = [
  { value: 'present', label: 'present' },
  { value: 'absent', label: 'absent' },
  { value: 'uncertain', label: 'uncertain' },
  { value: 'soft', label: 'without a majority' },
];
export const FLAGS: Choice[] = [
  { value: 'any', label: 'any flag' },
  { value: 'urgent', label: 'urgent' },
  { value: 'not_readable', label: 'not readable' },
];
export const ORDERS: Choice[] = [
  { value: BY_NUMBER, label: 'Case number' },
  { value: '-number', label: 'Case number, highest first' },
  { value: '-read', label: 'Newest read' },
  { value: 'read', label: 'Oldest newest read' },
  { value: '-disagreement', label: 'Disagreement' },
  { value: BY_SCORE, label: 'Model’s score' },
  { value: '-date', label: 'Date of the study, newest first' },
  { value: 'date', label: 'Date of the study, oldest first' },
];

/** Orders by something that a case may lack. */
const ONLY: Record<string, string> = {
  read: 'that somebody has read',
  '-read': 'that somebody has read',
  '-disagreement': 'whose reads differ',
  '-score': 'that the ranking in force has scored',
  date: 'whose study has a date',
  '-date': 'whose study has a date',
};

export function orderSentence(order: string): string {
  return ONLY[order] ? `This order lists only those ${ONLY[order]}.` : '';
}

export interface Names {
  findings: { code: string; name: string }[];
  readers: Choice[];
}

export interface Chip {
  /** Taking it away takes these filters away. */
  name: FilterName;
  text: string;
}

/** One for each filter but the words of the search, which stand in their own field. */
export function chipsOf(filter: Filter, names: Names): Chip[] {
  const said: Partial<Record<FilterName, string>> = {
    split: `Split: ${filter.split}`,
    state: `State: ${labelOf(STATES, filter.state)}`,
    finding: findingText(filter, names),
    discordant: 'Discordant',
    flag: filter.flag === 'any' ? 'Flagged' : `Flag: ${labelOf(FLAGS, filter.flag)}`,
    view: `View: ${filter.view}`,
    site: `Site: ${filter.site}`,
    reader: `Read by ${labelOf(names.readers, filter.reader)}`,
  };
  return Object.entries(said)
    .filter(([name]) => filter[name as FilterName])
    .map(([name, text]) => ({ name: name as FilterName, text }));
}

function findingText({ finding = '', value }: Filter, { findings }: Names): string {
  const name = findingName(findings, finding);
  return value ? `${name}: ${labelOf(VALUES, value)}` : `${name}: has a label`;
}

function labelOf(choices: Choice[], value = ''): string {
  return choices.find((each) => each.value === value)?.label ?? words(value).toLowerCase();
}

export type FoundBy = 'number' | 'reader' | 'patient' | 'file';

/** As what the words of a search were taken. */
export function foundSentence(by: FoundBy | null, find = ''): string {
  if (by === null || find === '') return '';
  const said: Record<FoundBy, string> = {
    number: 'The case of this number.',
    reader: `What a reader calls “${find}”.`,
    patient: `Patients whose pseudonym begins with ${find}.`,
    file: `Files that begin with ${find}.`,
  };
  return said[by];
}

/** `1,000+ cases`, `1 case` */
export function countText(counted: { n: number; is_more: boolean } | undefined): string {
  if (counted === undefined) return '';
  return counted.is_more ? `${count(counted.n)}+ cases` : plural(counted.n, 'case');
}

const RULES: Record<string, string> = {
  returned: 'sent back to the reader',
  assigned: 'chosen for the reader by the data manager',
  reopened: 'a slot that was given back',
  begun: 'begun, still lacked a read',
  read_first: 'put first by a data manager',
  evaluation: 'validation or test case, mixed in',
  ranking: 'next in the ranking',
  random: 'next in random order',
  imported: 'read that came with the data',
  own_study: 'the reader’s own study',
};

/** By which rule a case was offered. */
export function ruleName(rule: string): string {
  return RULES[rule] ?? rule;
}

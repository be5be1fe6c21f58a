/** What is asked of the list of cases. It stands in the page's address, so that a list can be kept, sent and gone back to. */

export const FILTERS = ['find', 'split', 'state', 'finding', 'value', 'discordant', 'flag', 'view', 'site', 'reader'] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filter = Partial<Record<FilterName, string>>;

/** Filters and orders that tell what readers said of the cases in the list. */
const OF_OUTCOME: FilterName[] = ['finding', 'value', 'discordant', 'flag'];

export const BY_NUMBER = 'number';
export const BY_SCORE = '-score';
export const BY_DISAGREEMENT = '-disagreement';

/** Whether the contact sheet says what came of the reads, or what the model's score is. */
export type Under = 'labels' | 'score';

export interface Asked {
  filter: Filter;
  order: string;
  /** Labels, discordance and flags are shown, which is kept of whoever looks. */
  hasOutcomes: boolean;
  isSheet: boolean;
  under: Under;
  /** Where the page begins; null is the first page. */
  cursor: string | null;
  page: number;
}

/** `reads`: she reads in the project herself. What others said is then shown only when she asks for it. */
export function askedOf(search: URLSearchParams, reads: boolean): Asked {
  const filter: Filter = {};
  for (const name of FILTERS) {
    const value = search.get(name);
    if (value) filter[name] = value;
  }
  const outcomes = search.get('outcomes');
  const cursor = search.get('cursor') || null;
  return {
    filter,
    order: search.get('order') || BY_NUMBER,
    hasOutcomes: outcomes === 'shown' || (outcomes !== 'hidden' && !reads),
    isSheet: search.get('as') === 'sheet',
    under: search.get('under') === 'score' ? 'score' : 'labels',
    cursor,
    page: cursor === null ? 1 : Math.max(2, Number(search.get('page')) || 2),
  };
}

/** The inverse of `askedOf`: only what is not so by itself. */
export function addressOf(asked: Asked, reads: boolean): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of FILTERS) if (asked.filter[name]) search.set(name, asked.filter[name]);
  if (asked.order !== BY_NUMBER) search.set('order', asked.order);
  if (asked.hasOutcomes === reads) search.set('outcomes', asked.hasOutcomes ? 'shown' : 'hidden');
  if (asked.isSheet) search.set('as', 'sheet');
  if (asked.under === 'score') search.set('under', 'score');
  if (asked.cursor !== null) {
    search.set('cursor', asked.cursor);
    search.set('page', String(asked.page));
  }
  return search;
}

/** Something else is asked: that list begins at its first page. */
export function changed(asked: Asked, change: Partial<Asked>): Asked {
  return { ...asked, cursor: null, page: 1, ...change };
}

/** A value is that of a finding, and goes with it. */
export function narrowed(filter: Filter, name: FilterName, value: string | null): Filter {
  const others: Filter = { ...filter };
  delete others[name];
  if (name === 'finding') delete others.value;
  return value ? { ...others, [name]: value } : others;
}

export function withoutOutcomes(filter: Filter): Filter {
  return OF_OUTCOME.reduce((left, name) => narrowed(left, name, null), filter);
}

/** The query of the API for this list. */
export function listQuery(asked: Asked): string {
  const query = new URLSearchParams(asked.filter);
  query.set('order', asked.order);
  query.set('size', asked.isSheet ? '200' : '50');
  if (asked.hasOutcomes) query.set('show', 'outcome');
  if (asked.cursor !== null) query.set('cursor', asked.cursor);
  return query.toString();
}

export function isNarrowed(filter: Filter): boolean {
  return Object.keys(filter).length > 0;
}

/** Whether the list itself tells what readers said of its cases, also where their outcomes are not shown. */
export function tellsOutcomes({ filter, order }: Pick<Asked, 'filter' | 'order'>): boolean {
  return order === BY_DISAGREEMENT || OF_OUTCOME.some((name) => filter[name]);
}

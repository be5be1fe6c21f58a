/** The cases that are ticked: kept while she turns pages, narrows the list otherwise or looks at the other view. */

export interface Ticked {
  id: string;
  number: number;
  label: string;
}

export type Ticks = ReadonlyMap<string, Ticked>;

export const NONE: Ticks = new Map();

/**
 * Ticks a case, or takes its tick away; with `from`, the case that was touched before, all between the two as well.
 */
export function ticked(ticks: Ticks, shown: Ticked[], id: string, from: string | null = null): Ticks {
  const isOn = !ticks.has(id);
  return withAll(ticks, between(shown, from, id), isOn);
}

export function withAll(ticks: Ticks, cases: Ticked[], isOn: boolean): Ticks {
  const found = new Map(ticks);
  for (const { id, number, label } of cases) {
    if (isOn) found.set(id, { id, number, label });
    else found.delete(id);
  }
  return found;
}

/** How many of the cases shown are ticked: none, some or all. */
export function share(ticks: Ticks, shown: Ticked[]): 'none' | 'some' | 'all' {
  const n = shown.filter(({ id }) => ticks.has(id)).length;
  if (n === 0) return 'none';
  return n === shown.length ? 'all' : 'some';
}

/** In the order of their numbers. */
export function listed(ticks: Ticks): Ticked[] {
  return [...ticks.values()].sort((a, b) => a.number - b.number);
}

function between(shown: Ticked[], from: string | null, to: string): Ticked[] {
  const at = (id: string | null) => shown.findIndex((each) => each.id === id);
  const [a, b] = [at(from), at(to)];
  if (b === -1) return [];
  return a === -1 ? [shown[b] as Ticked] : shown.slice(Math.min(a, b), Math.max(a, b) + 1);
}

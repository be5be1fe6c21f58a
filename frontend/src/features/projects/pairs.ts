/** Agreement of each pair of readers on each finding, as a grid. */
import type { PairRow } from '../../api/dashboard';

export type PairMeasure = 'cohen' | 'ac1' | 'percent';

export interface PairGrid {
  pairs: { first: string; second: string }[];
  findings: string[];
  cell: (finding: string, pair: { first: string; second: string }) => PairRow | undefined;
}

/** `order`: codes of the schema, in reading order. */
export function pairGrid(rows: PairRow[], order: string[]): PairGrid {
  const found = [...new Map(rows.map(({ first, second }) => [`${first}\n${second}`, { first, second }])).values()];
  // A finding that lacks a pair must not put that pair out of its place.
  const pairs = found.sort((a, b) => a.first.localeCompare(b.first) || a.second.localeCompare(b.second));
  const byKey = new Map(rows.map((row) => [`${row.finding}\n${row.first}\n${row.second}`, row]));
  return {
    pairs,
    findings: [...new Set([...order, ...rows.map((row) => row.finding)])].filter((code) =>
      rows.some((row) => row.finding === code),
    ),
    cell: (finding, pair) => byKey.get(`${finding}\n${pair.first}\n${pair.second}`),
  };
}

/** Strength of a cell's colour, 0..1: none at or below chance, full at 1. */
export function strength(value: number | null | undefined): number {
  return value === null || value === undefined ? 0 : Math.max(0, Math.min(1, value));
}

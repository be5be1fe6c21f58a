/** What needs attention comes first. */
import { expect, it } from 'vitest';

import type { AgreementRow, FlagRow } from '../../api/dashboard';
import { flagOrder, worst } from './figures';
import { pairGrid, strength } from './pairs';

const row = (finding: string, alpha: number | null): AgreementRow => ({
  finding,
  name: finding,
  n: 10,
  percent: null,
  cohen: null,
  fleiss: null,
  ac1: null,
  pabak: null,
  reasons: {},
  alpha: alpha === null ? null : { value: alpha, low: null, high: null, standard_error: null },
});

it('names the findings with the lowest alpha', () => {
  const rows = [row('a', 0.9), row('b', null), row('c', -0.1), row('d', 0.5)];
  expect(worst(rows, 2).map((each) => each.finding)).toEqual(['c', 'd']);
});

it('puts urgent flags that nobody has seen first', () => {
  const flag = (id: string, kind: FlagRow['kind'], seen: boolean, hour: string): FlagRow => ({
    id,
    kind,
    text: '',
    case: id,
    label: id,
    reader: 'r',
    reader_position: 1,
    created_at: `2026-11-24T${hour}:00:00Z`,
    seen_at: seen ? '2026-11-24T12:00:00Z' : null,
    withdrawn_at: null,
  });
  const flags = [
    flag('seen', 'urgent', true, '11'),
    flag('unreadable', 'not_readable', false, '10'),
    flag('old', 'urgent', false, '08'),
    flag('new', 'urgent', false, '09'),
  ];
  expect(flags.sort(flagOrder).map((each) => each.id)).toEqual(['new', 'old', 'unreadable', 'seen']);
});

it('lays pairs of readers out as a grid that may have holes', () => {
  const pair = (finding: string, first: string, second: string) => ({
    finding,
    first,
    second,
    n: 3,
    percent: null,
    cohen: null,
    ac1: null,
    reasons: {},
  });
  const grid = pairGrid([pair('nodule', 'A', 'C'), pair('opacity', 'A', 'B'), pair('nodule', 'B', 'C')], [
    'effusion',
    'opacity',
    'nodule',
  ]);
  expect(grid.pairs.map(({ first, second }) => first + second)).toEqual(['AB', 'AC', 'BC']);
  expect(grid.findings).toEqual(['opacity', 'nodule']);
  expect(grid.cell('opacity', { first: 'A', second: 'C' })).toBeUndefined();
  expect([strength(-0.3), strength(0.4), strength(null)]).toEqual([0, 0.4, 0]);
});

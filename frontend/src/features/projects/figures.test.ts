/** What needs attention comes first. */
import { expect, it } from 'vitest';

import type { AgreementRow, FlagRow } from '../../api/dashboard';
import { flagOrder, worst } from './figures';

const row = (finding: string, alpha: number | null): AgreementRow => ({
  finding,
  n: 10,
  percent: null,
  cohen: null,
  fleiss: null,
  alpha: alpha === null ? null : { value: alpha, low: null, high: null },
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
    created_at: `2026-11-24T${hour}:00:00Z`,
    seen_at: seen ? '2026-11-24T12:00:00Z' : null,
  });
  const flags = [
    flag('seen', 'urgent', true, '11'),
    flag('unreadable', 'not_readable', false, '10'),
    flag('old', 'urgent', false, '08'),
    flag('new', 'urgent', false, '09'),
  ];
  expect(flags.sort(flagOrder).map((each) => each.id)).toEqual(['new', 'old', 'unreadable', 'seen']);
});

/** Figures, tables and axes say what they should, at their edges too. */
import { afterEach, describe, expect, it, vi } from 'vitest';

import { printableSvg } from './chartExport';
import { toCsv } from './csv';
import { dayText, midnight } from './day';
import { chanceDomain, estimateText, shareText } from './estimate';
import { ago, bytes, count, dateTime, decimal, percent, plural, seconds } from './format';
import { refusalDetails } from './refusal';
import { linearScale, roundDomain, spread, ticks } from './scale';

describe('format', () => {
  it('writes figures a person can read', () => {
    expect([count(1234567), plural(1, 'case'), plural(2, 'case'), plural(0, 'study', 'studies')]).toEqual([
      '1,234,567',
      '1 case',
      '2 cases',
      '0 studies',
    ]);
    expect([decimal(0.719), decimal(-0.001), decimal(-0.5), decimal(null), percent(0.256)]).toEqual([
      '0.72',
      '0.00',
      '−0.50',
      '–',
      '26 %',
    ]);
    expect([bytes(999), bytes(1500), bytes(8_000_000_000), bytes(250_400_000)]).toEqual([
      '999 B',
      '1.5 kB',
      '8.0 GB',
      '250 MB',
    ]);
  });

  it('writes durations in the two largest units', () => {
    expect([0.4, 59.4, 60, 125, 3600, 7260].map(seconds)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '2 h 1 min',
    ]);
  });

  it('names the day only when it is another one', () => {
    const now = new Date(2026, 10, 24, 15, 0);
    expect(dateTime(new Date(2026, 10, 24, 9, 5).toISOString(), now)).toBe('09:05');
    expect(dateTime(new Date(2026, 10, 3, 9, 5).toISOString(), now)).toBe('3 Nov 09:05');
    expect(dateTime(new Date(2025, 0, 3, 0, 5).toISOString(), now)).toBe('3 Jan 2025 00:05');
    expect([dateTime(null, now), dateTime('nonsense', now)]).toEqual(['–', '–']);
    expect(ago(new Date(2026, 10, 24, 14, 56).toISOString(), now)).toBe('4 min ago');
    expect(ago(new Date(2026, 10, 22, 15, 0).toISOString(), now)).toBe('2 days ago');
  });

  it('writes an estimate with its interval, or without one where there is none', () => {
    expect(estimateText({ value: 0.7249, low: 0.61, high: 0.809 })).toBe('0.72 (0.61–0.81)');
    expect(estimateText({ value: -0.43, low: -0.44, high: -0.42 })).toBe('−0.43 (−0.44…−0.42)');
    expect(estimateText({ value: 0.7, low: null, high: null })).toBe('0.70');
    expect(estimateText(null)).toBe('–');
    expect(shareText({ value: 0.819, low: 0.76, high: 0.872 })).toBe('82 % (76–87)');
  });

  it('shows the whole axis when an interval reaches far below chance', () => {
    const at = (low: number) => ({ value: 0.6, low, high: 0.8 });
    expect([chanceDomain([at(0.5), null]), chanceDomain([at(0.3)])]).toEqual([
      [0.4, 1],
      [0, 1],
    ]);
  });
});

describe('toCsv', () => {
  it('quotes what needs quoting and disarms formulas, but keeps negative numbers', () => {
    const table = toCsv(['name', 'n'], [['a "b", c', -1.5], ['=1+1', null]]);
    expect(table).toBe('name,n\r\n"a ""b"", c",-1.5\r\n\'=1+1,\r\n');
  });
});

describe('scale', () => {
  it('maps the ends of the domain to the ends of the range', () => {
    const scale = linearScale([0, 2], [10, 110]);
    expect([scale(0), scale(1), scale(2)]).toEqual([10, 60, 110]);
  });

  it('gives round ticks inside the domain', () => {
    expect(ticks([0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks([-0.2, 1], 6)).toEqual([-0.2, 0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks([0.98, 1.08], 5)).toEqual([0.98, 1, 1.02, 1.04, 1.06, 1.08]);
    expect(ticks([3, 3], 5)).toEqual([3]);
  });

  it('widens a domain to round ends', () => {
    expect(roundDomain([12, 87])).toEqual([0, 100]);
    expect(roundDomain([])).toEqual([0, 1]);
    expect(roundDomain([4, 4])).toEqual([3.5, 4.5]);
  });
});

describe('spread', () => {
  it('keeps labels apart, in order and inside the limits', () => {
    expect(spread([50, 52, 10], 15, 0, 100)).toEqual([50, 65, 10]);
    expect(spread([95, 99], 15, 0, 100)).toEqual([85, 100]);
    expect(spread([], 15, 0, 100)).toEqual([]);
  });
});

describe('printableSvg', () => {
  it('leaves no colour variable behind and adds a white ground', () => {
    const svg = printableSvg('<svg width="10"><text fill="var(--chart-ink)">a</text></svg>', 10, 5);
    expect(svg).toBe('<svg width="10"><rect width="10" height="5" fill="#ffffff"/><text fill="#14171b">a</text></svg>');
  });
});

describe('refusalDetails', () => {
  it('reads lists of problems and complaints by field', () => {
    const refused = (details: unknown) => Object.assign(new Error('Refused.'), { details });
    expect(refusalDetails(refused({ problems: ['Two findings share the key 1.'] }))).toEqual([
      'Two findings share the key 1.',
    ]);
    expect(refusalDetails(refused({ batch_size: ['Ensure this value is at most 4096.'] }))).toEqual([
      'batch size: Ensure this value is at most 4096.',
    ]);
    expect([refusalDetails(refused(null)), refusalDetails(new Error('x')), refusalDetails(null)]).toEqual([[], [], []]);
  });
});

describe('the day', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['America/Los_Angeles', '2026-11-27T01:30:00Z', '2026-11-26T08:00:00.000Z', '2026-11-26'],
    ['Asia/Tokyo', '2026-11-27T01:30:00Z', '2026-11-26T15:00:00.000Z', '2026-11-27'],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z', '2026-10-25'],
  ])('begins at the midnight of %s', (zone, now, began, text) => {
    vi.stubEnv('TZ', zone);
    expect(midnight(new Date(now)).toISOString()).toBe(began);
    expect(dayText(new Date(now))).toBe(text);
  });
});

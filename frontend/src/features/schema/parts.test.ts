import { describe, expect, it } from 'vitest';

import type { Finding } from '../../api/types';
import { schema } from '../../testing/payloads';
import { differences, merged } from './merge';
import { partSentence, schemaFrom, schemaParts } from './parts';

const finding = (code: string, name = code): Finding => ({ ...schema.findings[0], code, name, hotkey: '' });
const version = (...findings: Finding[]) => ({ findings, region_classes: schema.region_classes });
const [a, b, c] = ['a', 'b', 'c'].map((code) => finding(code));

function together(base: Finding[], mine: Finding[], saved: Finding[], keepMine: string[] = []) {
  const [first, second, third] = schemaParts(version(...base), version(...mine), version(...saved));
  const parts = merged(first, second, third, new Set(keepMine));
  return schemaFrom(parts, [version(...saved), version(...mine)]).findings.map(({ name }) => name);
}

describe('a schema that two people edited', () => {
  it('keeps the order that one of them chose and what the other changed', () => {
    const renamed = finding('a', 'A renamed');
    expect(together([a, b, c], [c, b, a], [renamed, b, c])).toEqual(['c', 'b', 'A renamed']);
    expect(together([a, b, c], [renamed, b, c], [c, b, a])).toEqual(['c', 'b', 'A renamed']);
  });

  it('keeps the chosen order of the others where one was added or taken away', () => {
    const d = finding('d');
    expect(together([a, b, c], [b, a, c], [a, b, c, d])).toEqual(['b', 'a', 'c', 'd']);
    expect(together([a, b, c], [c, b, a], [a, c])).toEqual(['c', 'a']);
  });

  it('leaves an added finding where the one who added it put it', () => {
    const [d, e] = ['d', 'e'].map((code) => finding(code));
    expect(together([a, b, c], [d, a, b, c], [a, b, c])).toEqual(['d', 'a', 'b', 'c']);
    expect(together([a, b, c], [a, d, b, c], [a, b, e, c])).toEqual(['a', 'd', 'b', 'e', 'c']);
    expect(together([a, b, c], [a, b, c], [a, d, e, b, c])).toEqual(['a', 'd', 'e', 'b', 'c']);
    expect(together([a, b, c], [c, d, b, a], [e, a, b, c])).toEqual(['e', 'c', 'd', 'b', 'a']);
    expect(together([a, b, c], [a, c, d], [a, b, c])).toEqual(['a', 'c', 'd']);
  });

  it('asks where both chose an order, and calls an added finding none', () => {
    const parts = schemaParts(version(a, b, c), version(c, b, a), version(b, a, c));
    const [order] = differences(parts[0], parts[1], parts[2]);
    expect(order).toMatchObject({ part: 'Order of findings', isConflict: true });
    expect(partSentence(order.mine)).toBe('C, B, A');
    expect(together([a, b, c], [c, b, a], [b, a, c], ['Order of findings'])).toEqual(['c', 'b', 'a']);
    const added = schemaParts(version(a, b), version(a, b, c), version(a, b));
    expect(differences(added[0], added[1], added[2]).map(({ part }) => part)).toEqual(['Finding c']);
  });
});

import { afterEach, expect, it, vi } from 'vitest';

import { keepChoices, loadChoices } from './choices';

function browserMemory(kept: Record<string, string>) {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, text: string) => (kept[key] = text),
  });
}

afterEach(() => vi.unstubAllGlobals());

it('gives back what was kept', () => {
  browserMemory({});
  const choices = { nodule: { value: 'present' as const, reason: 'Normal variant', isOwn: true, boxes: [] } };
  keepChoices('u1', 'j1', choices);
  expect(loadChoices('u1', 'j1')).toEqual(choices);
  expect(loadChoices('u2', 'j1')).toEqual({});
});

it.each([
  ['Normal variant', false],
  ['a rib', true],
])('tells a reason of her own in what an earlier page kept: %s', (reason, isOwn) => {
  browserMemory({ 'labelhub-adjudication/u1/j1': JSON.stringify({ nodule: { value: 'present', reason, boxes: [] } }) });
  expect(loadChoices('u1', 'j1').nodule).toEqual({ value: 'present', reason, isOwn, boxes: [] });
});

/** A schema that could not be read by key is marked before it is saved. */
import { describe, expect, it } from 'vitest';

import type { Finding } from '../../api/types';
import { codeFor, moved, newFinding, problemsOf, renamed } from './findings';
import { pressed } from './preview';

const finding = (change: Partial<Finding> = {}): Finding => ({
  code: 'nodule',
  name: 'Nodule',
  type: 'presence',
  hotkey: '1',
  required: true,
  boxes: true,
  ...change,
});

describe('problemsOf', () => {
  it('finds nothing in a sound schema', () => {
    expect(problemsOf([finding(), finding({ code: 'effusion', name: 'Effusion', hotkey: '2' })])).toEqual([]);
  });

  it('marks both findings that share a key and names the other one', () => {
    const problems = problemsOf([finding(), finding({ code: 'effusion', name: 'Effusion' })]);
    expect(problems.map(({ index, field, message }) => [index, field, message])).toEqual([
      [0, 'hotkey', 'Effusion has this key too.'],
      [1, 'hotkey', 'Nodule has this key too.'],
    ]);
  });

  it.each(['a', 'n', 'u', '0', '!', '12'])('refuses the key "%s"', (hotkey) => {
    expect(problemsOf([finding({ hotkey })])).toMatchObject([{ field: 'hotkey' }]);
  });

  it('lets findings beyond the keys go without one', () => {
    expect(problemsOf([finding({ hotkey: '' }), finding({ code: 'b', hotkey: '' })])).toEqual([]);
  });

  it('refuses codes that are taken or cannot be a column name', () => {
    expect(problemsOf([finding({ code: 'Nodule 1' })])).toMatchObject([{ field: 'code' }]);
    expect(problemsOf([finding(), finding({ hotkey: '2' })]).map((each) => each.field)).toEqual(['code', 'code']);
  });
});

describe('edits', () => {
  it('offers the first free key', () => {
    expect(newFinding([finding(), finding({ hotkey: '3' })]).hotkey).toBe('2');
    expect(newFinding([...'123456789'].map((hotkey) => finding({ hotkey }))).hotkey).toBe('d');
  });

  it('makes a code from a name', () => {
    expect([codeFor('Pleural effusion'), codeFor('  2nd Rib: fracture '), codeFor('Ödem')]).toEqual([
      'pleural_effusion',
      'nd_rib_fracture',
      'odem',
    ]);
  });

  it('moves within the list only', () => {
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
  });
});

describe('pressed', () => {
  const list = [finding(), finding({ code: 'effusion', name: 'Effusion', hotkey: '2' })];
  const type = (keys: string) =>
    [...keys].reduce<ReturnType<typeof pressed>>(([answers, last], key) => pressed(list, answers, last, key), [{}, null]);

  it('answers as the workspace does', () => {
    expect(type('1')[0]).toEqual({ nodule: 'present' });
    expect(type('11')[0]).toEqual({});
    expect(type('1x')[0]).toEqual({ nodule: 'absent' });
    expect(type('1xp')[0]).toEqual({ nodule: 'present' });
    expect(type('2u')[0]).toEqual({ effusion: 'uncertain' });
    expect(type('1a')[0]).toEqual({ nodule: 'present', effusion: 'absent' });
    expect(type('ux')[0]).toEqual({});
  });
});

describe('renamed', () => {
  it('lets the code of a new finding follow, and never that of a saved one: reads name it', () => {
    expect(renamed(finding(), 'Mass', new Set())).toEqual({ name: 'Mass', code: 'mass' });
    expect(renamed(finding(), 'Mass', new Set(['nodule']))).toEqual({ name: 'Mass' });
    expect(renamed(finding({ code: 'own' }), 'Mass', new Set())).toEqual({ name: 'Mass' });
  });
});

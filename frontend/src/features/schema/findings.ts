/** A schema being designed: edits of the list, and what is wrong with it before the server is asked. */
import type { Finding, LabelSchema, RegionClass } from '../../api/types';
import { latin } from '../../lib/latin';

/** Keys the reading workspace uses itself. */
export const WORKSPACE_KEYS = new Set('abcefghiklmnpruvwxz0[]?!+-= ');

export interface Problem {
  /** Place in the list of findings. */
  index: number;
  field: 'code' | 'name' | 'hotkey';
  message: string;
}

const CODE = /^[a-z][a-z0-9_]{0,63}$/;

export function problemsOf(findings: Finding[]): Problem[] {
  return findings.flatMap((finding, index) => [
    ...codeProblems(findings, finding, index),
    ...(finding.name.trim() === '' ? [{ index, field: 'name' as const, message: 'Give it a name.' }] : []),
    ...keyProblems(findings, finding, index),
  ]);
}

function codeProblems(findings: Finding[], { code }: Finding, index: number): Problem[] {
  const say = (message: string): Problem[] => [{ index, field: 'code', message }];
  if (!CODE.test(code)) return say('Lower-case letters, digits and _, beginning with a letter.');
  if (findings.some((other, i) => i !== index && other.code === code)) return say('Another finding has this code.');
  return [];
}

/** A finding may go without a key and is then answered by mouse: there are only so many keys. */
function keyProblems(findings: Finding[], { hotkey }: Finding, index: number): Problem[] {
  const say = (message: string): Problem[] => [{ index, field: 'hotkey', message }];
  if (hotkey === '') return [];
  const twin = findings.find((other, i) => i !== index && other.hotkey === hotkey);
  if (twin) return say(`${twin.name || twin.code} has this key too.`);
  if (WORKSPACE_KEYS.has(hotkey)) return say('The workspace uses this key itself.');
  if (!/^[1-9a-z]$/.test(hotkey)) return say('One digit 1 to 9, or a letter.');
  return [];
}

/** A finding for the end of the list, with the first key that is free. */
export function newFinding(findings: Finding[]): Finding {
  const free = [...'123456789dgjoqsty'].find(
    (key) => !WORKSPACE_KEYS.has(key) && findings.every((each) => each.hotkey !== key),
  );
  return { code: '', name: '', type: 'presence', hotkey: free ?? '', required: true, boxes: false };
}

/** A code from a name, as long as the person has not written one. */
export function codeFor(name: string): string {
  return latin(name)
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
    .slice(0, 64);
}

type Named = Pick<Finding, 'code' | 'name'>;

/** The code of a new finding or region follows its name until it is written by hand; that of a saved one stays. */
export function renamed(named: Named, name: string, savedCodes: ReadonlySet<string>): Partial<Named> {
  const follows = named.code === '' || named.code === codeFor(named.name);
  return follows && !savedCodes.has(named.code) ? { name, code: codeFor(name) } : { name };
}

export function moved<T>(list: T[], index: number, by: -1 | 1): T[] {
  const target = index + by;
  if (target < 0 || target >= list.length) return list;
  const copy = [...list];
  [copy[index], copy[target]] = [copy[target], copy[index]];
  return copy;
}

export function isChanged(schema: LabelSchema, findings: Finding[], regions: RegionClass[]): boolean {
  return JSON.stringify([schema.findings, schema.region_classes]) !== JSON.stringify([findings, regions]);
}

/** Schema and protocol taken apart for merging, put together again, and their parts in words. */
import type { FindingRule, Protocol } from '../../api/projects';
import type { Finding, RegionClass } from '../../api/types';
import { words } from '../../lib/format';
import type { Parts } from './merge';
import { ruleSentence } from './protocol';

interface SchemaContent {
  findings: Finding[];
  region_classes: RegionClass[];
}

const FINDING = 'Finding ';
const REGION = 'Region class ';
const ORDER = 'Order of findings';
const RULE = 'Rule for ';

/** Versions of one schema taken apart. The order is that of the findings that all of them have. */
export function schemaParts(...versions: SchemaContent[]): Parts[] {
  const codes = versions.map((each) => each.findings.map((finding) => finding.code));
  const inAll = (code: string) => codes.every((each) => each.includes(code));
  return versions.map((each) => partsOf(each, inAll));
}

function partsOf(schema: SchemaContent, inAll: (code: string) => boolean): Parts {
  return Object.fromEntries([
    [ORDER, schema.findings.map((finding) => finding.code).filter(inAll)],
    ...schema.findings.map((finding) => [FINDING + finding.code, finding]),
    ...schema.region_classes.map((region) => [REGION + region.code, region]),
  ]);
}

/** `versions`: those that were put together, the saved one first. A finding that one of them added stands where it stood. */
export function schemaFrom(parts: Parts, versions: SchemaContent[]): SchemaContent {
  const of = (prefix: string) =>
    Object.entries(parts)
      .filter(([part]) => part.startsWith(prefix))
      .map(([, value]) => value);
  const found = new Map((of(FINDING) as Finding[]).map((finding) => [finding.code, finding]));
  const codes = versions.reduce(withAdded, parts[ORDER] as string[]);
  const findings = codes.flatMap((code) => found.get(code) ?? []);
  return { findings, region_classes: of(REGION) as RegionClass[] };
}

/** The order with each further finding of the version behind the one that stands before it there. */
function withAdded(order: string[], version: SchemaContent): string[] {
  const codes = version.findings.map((finding) => finding.code);
  return codes.reduce((placed, code, i) => {
    if (placed.includes(code)) return placed;
    const at = placed.indexOf(codes[i - 1]) + 1;
    return [...placed.slice(0, at), code, ...placed.slice(at)];
  }, order);
}

export function protocolParts({ version: _version, finding_rules, ...values }: Protocol): Parts {
  const rules = Object.entries(finding_rules).map(([code, rule]) => [RULE + code, rule]);
  return { ...values, ...Object.fromEntries(rules) };
}

/** The rest of the protocol is that of `saved`. */
export function protocolFrom(parts: Parts, saved: Protocol): Protocol {
  const entries = Object.entries(parts);
  const rules = entries.filter(([part]) => part.startsWith(RULE));
  return {
    ...saved,
    ...Object.fromEntries(entries.filter(([part]) => !part.startsWith(RULE))),
    finding_rules: Object.fromEntries(rules.map(([part, rule]) => [part.slice(RULE.length), rule as FindingRule])),
  };
}

export function partName(part: string): string {
  return /^(Finding|Region class|Rule for) /.test(part) ? part : words(part);
}

/** A part as a person reads it. */
export function partSentence(value: unknown): string {
  if (value === undefined) return 'not there';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map((each) => words(String(each))).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  if ('rule' in value) return ruleSentence(value as FindingRule);
  return Object.entries(value)
    .filter(([name, each]) => name !== 'code' && name !== 'type' && each !== false && each !== '')
    .map(([name, each]) => (each === true ? words(name) : name === 'hotkey' ? `key ${each}` : String(each)))
    .join(', ');
}

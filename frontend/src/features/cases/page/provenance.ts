/** Where a label comes from, as a small graph: reads on the left, what was made of them, the label on the right. Pure. */
import { decimal } from '../../../lib/format';
import { methodName } from '../../../lib/labels';
import type { CaseRecord, RecordedLabel } from './api/case';

export interface Node {
  id: string;
  /** 0: reads, 1: how they were put together, 2: the label. */
  column: 0 | 1 | 2;
  /** Middle of the node in its column, 0..1. */
  height: number;
  title: string;
  detail: string;
  value: string;
}

export interface Graph {
  nodes: Node[];
  /** Pairs of node ids, from left to right. */
  edges: [string, string][];
}

export function valueText(value: string): string {
  return value === '' ? 'no majority' : value;
}

/** The label that stands for each finding: of the newest round that has one. */
export function labelsInForce(record: CaseRecord): RecordedLabel[] {
  const newest = new Map<string, RecordedLabel>();
  for (const label of record.labels) if (label.is_current) newest.set(label.finding, label);
  return record.findings.flatMap((finding) => newest.get(finding.code) ?? []);
}

export function provenanceOf(record: CaseRecord, label: RecordedLabel): Graph {
  const reads = record.reads.filter((read) => label.reads.includes(read.id));
  const decision = record.decisions.find((each) => each.id === label.decision);
  const nodes: Node[] = reads.map((read, index) => ({
    id: read.id,
    column: 0,
    height: (index + 0.5) / reads.length,
    title: read.reader,
    detail: read.version > 1 ? `version ${read.version}: ${read.reason}` : `schema ${read.schema_version}`,
    value: read.answers[label.finding]?.value ?? 'not answered',
  }));
  nodes.push({
    id: 'method',
    column: 1,
    height: 0.5,
    title: decision === undefined ? methodName(label.method) : decision.decided_by,
    detail: decision === undefined ? `protocol ${label.protocol_version ?? '?'}` : decision.reason || 'no reason given',
    value: decision === undefined ? '' : decision.value,
  });
  nodes.push({
    id: label.id,
    column: 2,
    height: 0.5,
    title: 'Label',
    detail: label.probability === null ? '' : `p ${decimal(label.probability)}`,
    value: valueText(label.value),
  });
  return { nodes, edges: [...reads.map((read): [string, string] => [read.id, 'method']), ['method', label.id]] };
}

import { describe, expect, it } from 'vitest';

import type { CaseRecord, RecordedLabel, RecordedRead } from './api/case';
import { caseMarks } from './caseMarks';
import { labelsInForce, provenanceOf } from './provenance';
import { readersOf } from './readers';

const read = (id: string, reader: string, value: string, more: Partial<RecordedRead> = {}) =>
  ({
    id,
    assignment: `of ${reader}`,
    reader,
    version: 1,
    round: 1,
    reason: '',
    schema_version: 1,
    answers: { nodule: { value, by_rest: false } },
    annotations: [],
    ...more,
  }) as unknown as RecordedRead;

const label = (id: string, more: Partial<RecordedLabel> = {}) =>
  ({
    id,
    round: 1,
    finding: 'nodule',
    value: 'present',
    probability: 0.5,
    method: 'majority',
    is_current: true,
    reads: ['r1', 'r2'],
    decision: null,
    protocol_version: 3,
    ...more,
  }) as unknown as RecordedLabel;

const record = (more: Partial<CaseRecord>) =>
  ({
    findings: [{ code: 'nodule', name: 'Nodule' }],
    reads: [read('r1', 'Ann', 'present'), read('r2', 'Bob', 'absent')],
    decisions: [],
    labels: [],
    discordances: [],
    ...more,
  }) as unknown as CaseRecord;

describe('the provenance of a label', () => {
  it('leads from its reads by the way they were put together to the label', () => {
    const graph = provenanceOf(record({}), label('l'));
    expect(graph.nodes.map((node) => [node.column, node.title, node.value])).toEqual([
      [0, 'Ann', 'present'],
      [0, 'Bob', 'absent'],
      [1, 'majority', ''],
      [2, 'Label', 'present'],
    ]);
    expect(graph.edges).toEqual([
      ['r1', 'method'],
      ['r2', 'method'],
      ['method', 'l'],
    ]);
  });

  it('names who decided, and why', () => {
    const decision = { id: 'd', decided_by: 'Judge', value: 'present', reason: 'seen', finding: 'nodule', round: 1 };
    const graph = provenanceOf(
      record({ decisions: [decision] as unknown as CaseRecord['decisions'] }),
      label('l', { decision: 'd', method: 'adjudicated' }),
    );
    expect(graph.nodes[2]).toMatchObject({ title: 'Judge', value: 'present', detail: 'seen' });
  });

  it('is of the newest round that gave the finding a label', () => {
    const labels = [label('old', { is_current: false }), label('first'), label('second', { round: 2 })];
    expect(labelsInForce(record({ labels })).map((each) => each.id)).toEqual(['second']);
  });
});

describe('marks', () => {
  const marked = (id: string, finding: string) => ({ id, finding, kind: 'box', instance: 'i', frame: 1, geometry: {} });
  const reads = [
    read('r1', 'Ann', 'present', { annotations: [marked('old', 'nodule')] as never }),
    read('r3', 'Ann', 'present', { version: 2, annotations: [marked('a', 'nodule')] as never }),
    read('r2', 'Bob', 'absent', { annotations: [marked('b', 'effusion')] as never }),
  ];

  it('are those of each reader’s newest version that is not switched off', () => {
    const all = record({ reads });
    const readers = readersOf(all.reads);
    expect(readers.map((reader) => reader.reads.length)).toEqual([2, 1]);
    const ids = (hidden: string[], finding: string | null) =>
      caseMarks(all, readers, new Set(hidden), finding).map((mark) => mark.id);
    expect(ids([], null)).toEqual(['of Ann-a', 'of Bob-b']);
    expect(ids(['of Ann'], null)).toEqual(['of Bob-b']);
    expect(ids([], 'nodule')).toEqual(['of Ann-a']);
  });
});

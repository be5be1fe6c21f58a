import { expect, test } from 'vitest';

import { schema } from '../../testing/payloads';
import type { Outcome } from './api/outcome';
import { outcomeMarks } from './outcomeMarks';

const MARK = {
  id: 'm1',
  kind: 'box' as const,
  finding: 'nodule',
  region_class: null,
  space: 'image' as const,
  instance: 'i1',
  frame: 1,
  geometry: { x: 1, y: 2, width: 3, height: 4 },
};

test("a decision's marks are shown in white beside those of the reads, one that it took over too", () => {
  const outcome: Outcome = {
    findings: [
      { code: 'nodule', consensus: 'present', method: 'adjudicated', annotations: [MARK, { ...MARK, id: 'm2' }] },
      { code: 'effusion', consensus: 'absent', method: 'concordant', annotations: [] },
    ],
    reads: [
      { label: 'You', answers: {}, annotations: [MARK] },
      { label: 'Reader A', answers: {}, annotations: [] },
    ],
  };
  const marks = outcomeMarks(outcome, schema);
  expect(marks.map(({ label }) => label)).toEqual(['You, Nodule', 'Decision, Nodule', 'Decision, Nodule']);
  expect(new Set(marks.map(({ id }) => id)).size).toBe(3);
  expect(marks.map(({ colour }) => colour === '#ffffff')).toEqual([false, true, true]);
  expect(marks.every(({ locked }) => locked)).toBe(true);
});

/** Plots of learning show the figures there are and invent none. */
import { expect, it } from 'vitest';

import type { Finding } from '../../api/types';
import { historyCurves, learningCurves } from './curves';

const nodule: Finding = { code: 'nodule', name: 'Nodule', type: 'presence', hotkey: '1', required: true, boxes: true };

it('draws a finding from its points that have a figure, ordered by labels', () => {
  const auroc = (value: number | null) => ({ nodule: value === null ? null : { value, low: value - 0.1, high: value + 0.1 } });
  const point = (n_labels: number, value: number | null) => ({ model: 1, n_labels, trained_at: '', auroc: auroc(value) });
  const [curve] = learningCurves([point(80, 0.8), point(20, null), point(40, 0.6), point(40, 0.7)], [nodule]);
  expect(curve.points.map((each) => [each.x, each.y])).toEqual([
    [40, 0.7],
    [80, 0.8],
  ]);
  expect(learningCurves([point(20, null)], [nodule])).toEqual([]);
});

it('leaves out a loss that was never recorded', () => {
  const curves = historyCurves([
    { epoch: 1, loss: 0.7, validation_loss: null },
    { epoch: 2, loss: 0.5, validation_loss: null },
  ]);
  expect(curves.map((each) => each.label)).toEqual(['training loss']);
  expect(curves[0].points).toEqual([
    { x: 1, y: 0.7 },
    { x: 2, y: 0.5 },
  ]);
});

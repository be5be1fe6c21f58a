/** Series for the plots of learning. */
import type { Finding } from '../../api/types';
import type { Curve } from '../../components/charts/CurvePlot';
import { findingColour } from '../../lib/palette';
import type { CurvePoint } from './api/learning';

/** One line per finding of the schema, with its points that have a figure, by number of labels. */
export function learningCurves(curve: CurvePoint[], findings: Finding[]): Curve[] {
  const codes = findings.length > 0 ? findings.map(({ code }) => code) : Object.keys(curve.at(-1)?.auroc ?? {});
  return codes
    .map((code, index) => ({
      label: findings[index]?.name ?? code,
      colour: findingColour(index),
      points: newestByLabels(curve)
        .flatMap((point) => {
          const auroc = point.auroc[code];
          return auroc ? [{ x: point.n_labels, y: auroc.value, low: auroc.low, high: auroc.high }] : [];
        })
        .sort((a, b) => a.x - b.x),
    }))
    .filter((each) => each.points.length > 0);
}

/** Models come oldest first: of several on the same number of labels the newest stands for all. */
function newestByLabels(curve: CurvePoint[]): CurvePoint[] {
  return [...new Map(curve.map((point) => [point.n_labels, point])).values()];
}

const HISTORY: { key: string; label: string; colour: string }[] = [
  { key: 'loss', label: 'training loss', colour: '#56b4e9' },
  { key: 'validation_loss', label: 'validation loss', colour: '#e69f00' },
];

/** Losses by epoch, from whatever epochs the run has recorded so far. */
export function historyCurves(history: Record<string, number | null>[]): Curve[] {
  return HISTORY.map(({ key, label, colour }) => ({
    label,
    colour,
    points: history.flatMap((epoch, i) => {
      const value = epoch[key];
      return typeof value === 'number' ? [{ x: epoch.epoch ?? i + 1, y: value }] : [];
    }),
  })).filter((each) => each.points.length > 0);
}

/** A trained model and the order of the worklist, as the dashboard and the learning pages show them. */
import type { components } from './schema';

export type FindingMetrics = components['schemas']['FindingMetricsField'];
export type ModelSummary = Omit<components['schemas']['ModelField'], 'in_use'>;
export type QueueHealth = components['schemas']['QueueField'];

/** Why a finding has no figure, in words. */
export function noFigure(metrics: FindingMetrics, minPositives: number): string {
  if (metrics.reason === 'too_few_positives') return `${metrics.n_positive} of ${minPositives} positive test cases needed.`;
  if (metrics.reason === 'too_few_negatives') return `${metrics.n_negative} of ${minPositives} negative test cases needed.`;
  return 'No figure yet.';
}

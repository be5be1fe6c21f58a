/** A trained model and the order of the worklist, as the dashboard and the learning pages show them. */
import type { components } from './schema';

export type FindingMetrics = components['schemas']['FindingMetricsField'];
export type ModelSummary = Omit<components['schemas']['ModelField'], 'in_use' | 'held_back' | 'mean_compares'>;
export type QueueHealth = components['schemas']['QueueField'];

/** Why a finding has no figure, in words. */
export function noFigure(metrics: FindingMetrics, minPositives: number): string {
  const { n_positive, n_positive_patients = n_positive, n_negative, n_negative_patients = n_negative } = metrics;
  if (metrics.reason === 'too_few_positives') return `Too few: ${n_positive_patients} of ${minPositives} patients with a positive test case.`;
  if (metrics.reason === 'too_few_negatives') return `Too few: ${n_negative_patients} of ${minPositives} patients with a negative test case.`;
  return 'No figure yet.';
}

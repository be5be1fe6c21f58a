/** A trained model and the order of the worklist, as the dashboard and the learning pages show them. */
import type { Estimate } from '../lib/estimate';

export interface FindingMetrics {
  n: number;
  n_positive: number;
  n_negative: number;
  auroc: Estimate | null;
  sensitivity: Estimate | null;
  specificity: Estimate | null;
  threshold: number;
  /** Code of why there is no figure. */
  reason: string | null;
}

export interface ModelSummary {
  id: string;
  number: number;
  run: string;
  n_labels: number;
  created_at: string;
  mean_auroc: number | null;
  n_test_cases: number;
  /** Test cases whose labels are complete. */
  n_complete: number;
  /** Fewer positives: no figure. */
  min_positives: number;
  findings: Record<string, FindingMetrics>;
}

export interface QueueHealth {
  source: 'ranking' | 'random';
  message: string;
  published_at: string | null;
  n_entries: number;
  stale: boolean;
}

/** Why a finding has no figure, in words. */
export function noFigure(metrics: FindingMetrics, minPositives: number): string {
  if (metrics.reason === 'too_few_positives') return `${metrics.n_positive} of ${minPositives} positive test cases needed.`;
  if (metrics.reason === 'too_few_negatives') return `${metrics.n_negative} of ${minPositives} negative test cases needed.`;
  return 'No figure yet.';
}

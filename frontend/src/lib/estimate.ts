/** A figure with its interval, as the API gives it for agreement and model metrics. */
import { decimal, NOTHING } from './format';

export interface Estimate {
  value: number;
  low: number | null;
  high: number | null;
}

/** `0.72 (0.61–0.81)`; the interval is left out where there is none. */
export function estimateText(estimate: Estimate | null | undefined, digits = 2): string {
  if (!estimate) return NOTHING;
  const value = decimal(estimate.value, digits);
  if (estimate.low === null || estimate.high === null) return value;
  return `${value} (${decimal(estimate.low, digits)}–${decimal(estimate.high, digits)})`;
}

/** A figure with its interval, as the API gives it for agreement and model metrics. */
import { decimal, NOTHING } from './format';

export interface Estimate {
  value: number;
  low: number | null;
  high: number | null;
}

/** `0.72 (0.61–0.81)`, `−0.43 (−0.44…−0.42)`; the interval is left out where there is none. */
export function estimateText(estimate: Estimate | null | undefined, digits = 2): string {
  if (!estimate) return NOTHING;
  const value = decimal(estimate.value, digits);
  if (estimate.low === null || estimate.high === null) return value;
  // A dash between two signs would be read as a third.
  const between = estimate.low < 0 ? '…' : '–';
  return `${value} (${decimal(estimate.low, digits)}${between}${decimal(estimate.high, digits)})`;
}

/** `82 % (76–87)`, for a share between 0 and 1. */
export function shareText(estimate: Estimate | null | undefined): string {
  if (!estimate) return NOTHING;
  const whole = (value: number) => (value * 100).toFixed(0);
  if (estimate.low === null || estimate.high === null) return `${whole(estimate.value)} %`;
  return `${whole(estimate.value)} % (${whole(estimate.low)}–${whole(estimate.high)})`;
}

/** Axis for figures where 0.5 is chance: from 0.4, or from 0 when an interval reaches below. */
export function chanceDomain(estimates: (Estimate | null)[]): [number, number] {
  const lowest = Math.min(...estimates.map((each) => (each === null ? 1 : (each.low ?? each.value))));
  return [lowest < 0.4 ? 0 : 0.4, 1];
}

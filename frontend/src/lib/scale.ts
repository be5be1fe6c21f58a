/** Axes: a linear map of values to pixels, and round numbers for ticks. */

export interface Scale {
  (value: number): number;
  domain: readonly [number, number];
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const [d0, d1] = domain;
  const span = d1 - d0 || 1;
  const map = (value: number) => range[0] + ((value - d0) / span) * (range[1] - range[0]);
  return Object.assign(map, { domain });
}

/** About `wanted` ticks at 1, 2 or 5 times a power of ten, inside the domain. */
export function ticks(domain: readonly [number, number], wanted: number): number[] {
  const span = domain[1] - domain[0];
  if (!(span > 0)) return [domain[0]];
  const power = 10 ** Math.floor(Math.log10(span / wanted));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= wanted + 1e-9) ?? span;
  const first = Math.ceil(domain[0] / step - 1e-9);
  const last = Math.floor(domain[1] / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** A domain that holds all values and ends on round numbers. */
export function roundDomain(values: number[], wanted = 5): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (low === high) return [low - 0.5, high + 0.5];
  const steps = ticks([low, high], wanted);
  const step = steps.length > 1 ? steps[1] - steps[0] : high - low;
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

/** Positions at least `gap` apart, in the same order, within the limits where they fit. */
export function spread(wanted: number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [...wanted];
  order.forEach((index, rank) => {
    const least = rank === 0 ? low : placed[order[rank - 1]] + gap;
    placed[index] = Math.max(wanted[index], least);
  });
  const overflow = order.length > 0 ? placed[order[order.length - 1]] - high : 0;
  if (overflow <= 0) return placed;
  let limit = high;
  for (const index of [...order].reverse()) {
    placed[index] = Math.min(placed[index], limit);
    limit = placed[index] - gap;
  }
  return placed;
}

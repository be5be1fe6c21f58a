/** How long the server asks to wait after too many tries. */

const DEFAULT_WAIT_S = 60;

/** Seconds named by the refusal's sentence ("… available in 37 seconds."), or a minute. */
export function secondsToWait(refusal: Error): number {
  const named = /(\d+) second/.exec(refusal.message);
  return named ? Math.max(1, Number(named[1])) : DEFAULT_WAIT_S;
}

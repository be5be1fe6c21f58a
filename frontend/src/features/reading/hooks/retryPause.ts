/** Pauses between tries that grow, and end early when connection or sign-in come back. */

const FIRST_MS = 1_000;
const LAST_MS = 30_000;

const waiting = new Set<() => void>();

export function pauseBeforeRetry(attempt: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      waiting.delete(go);
      resolve();
    };
    const timer = setTimeout(go, Math.min(FIRST_MS * 2 ** attempt, LAST_MS));
    waiting.add(go);
  });
}

export function wakeRetries(): void {
  [...waiting].forEach((go) => go());
}

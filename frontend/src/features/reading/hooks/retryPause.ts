/** Pauses between tries that grow, and end early when connection or sign-in come back. */
import type { ApiError } from '../../../api/errors';

const FIRST_MS = 1_000;
const LAST_MS = 30_000;

const waiting = new Set<() => void>();

/** Without a sign-in no pause is long enough: only `wakeRetries` ends it. */
export function pauseBeforeRetry(attempt: number, error: ApiError): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      waiting.delete(go);
      resolve();
    };
    const pause = Math.min(FIRST_MS * 2 ** attempt, LAST_MS);
    const timer = error.status === 401 ? undefined : setTimeout(go, pause);
    waiting.add(go);
  });
}

export function wakeRetries(): void {
  [...waiting].forEach((go) => go());
}

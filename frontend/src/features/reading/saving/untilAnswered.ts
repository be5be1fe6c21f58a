/** Sends a request until an answer comes that another try cannot change. */
import { ApiError } from '../../../api/errors';

export type Answer<T> = { kind: 'done'; answer: T } | { kind: 'refused'; error: ApiError };

export interface Patience {
  /** Told each time no answer came; the request is sent again all the same. */
  onWaiting: (error: ApiError) => void;
  /** Resolves when it is worth another try: after a pause, or when connection or sign-in are back. */
  pause: (attempt: number, error: ApiError) => Promise<void>;
}

export async function untilAnswered<T>(send: () => Promise<T>, { onWaiting, pause }: Patience): Promise<Answer<T>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { kind: 'done', answer: await send() };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isFinal(error)) return { kind: 'refused', error };
      onWaiting(error);
      await pause(attempt, error);
    }
  }
}

/** No answer, an overloaded server and a lost sign-in are not final. */
function isFinal(error: ApiError): boolean {
  return error.status >= 400 && error.status < 500 && error.status !== 401 && error.status !== 429;
}

/** What it means that the server has no such case, to somebody who is at work on it. */
import type { ApiError } from './errors';

const TAKEN_AWAY = 'you no longer work on this case here. Ask the data manager.';

/** `sentence` for one that stands alone, else it follows a colon. */
export function refusedText(error: Pick<ApiError, 'status' | 'message'>, form: 'sentence' | 'clause' = 'sentence'): string {
  if (error.status !== 404) return error.message;
  return form === 'clause' ? TAKEN_AWAY : TAKEN_AWAY[0].toUpperCase() + TAKEN_AWAY.slice(1);
}

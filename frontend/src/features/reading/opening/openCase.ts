/** How a case is opened: to read it, or to look at what was read. */
import { isApiError } from '../../../api/errors';
import type { WorkspacePayload } from '../../../api/types';
import type { Desk } from '../desk/desk';
import type { Journal } from '../saving/journal';
import type { Notice } from '../session/sessionState';

/**
 * A submitted case is looked at; only one that is still to be read is opened and leased. One that was given to somebody
 * else meanwhile is looked at too where there is work of hers in it: she can still submit it, as a late read.
 */
export async function openCase(
  id: string,
  journal: Journal,
  desk: Desk,
): Promise<{ payload: WorkspacePayload; lost: Notice | null }> {
  try {
    return { payload: await desk.open(id), lost: null };
  } catch (error) {
    if (!isApiError(error) || error.status !== 409) throw error;
    const payload = await desk.peek(id);
    if (payload.assignment.state === 'submitted') return { payload, lost: null };
    const hasWork = payload.draft.version > 0 || (await journal.get(id)) !== null;
    if (!hasWork || !payload.allowed_actions.includes('submit')) throw error;
    return { payload, lost: { tone: 'refused', text: error.message } };
  }
}

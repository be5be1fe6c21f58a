/** The way back: to the case before this one; right after Enter that is this one, which then stays. */
import type { Dispatch } from 'react';
import { useNavigate } from 'react-router';

import { errorMessage } from '../../../api/errors';
import { useDesk } from '../desk/desk';
import type { Notice, SessionAction, SessionState } from '../session/sessionState';

export function usePreviousCase(
  assignmentId: string,
  { phase, stays }: SessionState,
  dispatch: Dispatch<SessionAction>,
  isStillShown: (assignmentId: string) => boolean,
): () => Promise<void> {
  const navigate = useNavigate();
  const desk = useDesk();
  return async () => {
    if (phase === 'submitting' && !stays) return dispatch({ type: 'stay' });
    const say = (notice: Notice) => isStillShown(assignmentId) && dispatch({ type: 'notice', notice });
    try {
      const previous = await desk.previous(assignmentId);
      if (previous === null) say({ tone: 'info', text: 'There is no earlier case of yours.' });
      else if (isStillShown(assignmentId)) void navigate(desk.caseAddress(previous));
    } catch (error) {
      say({ tone: 'refused', text: errorMessage(error) });
    }
  };
}

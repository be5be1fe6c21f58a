/** Takes from the server what belonged to a correction that was given up, now or when it can be reached again. */
import { useCallback, useMemo, type Dispatch } from 'react';

import type { ApiError } from '../../../api/errors';
import { refusedText } from '../../../api/takenAway';
import type { WorkspacePayload } from '../../../api/types';
import { useDesk } from '../desk/desk';
import { giveUpUntilAnswered, stillStanding } from '../saving/givingUp';
import type { GivenUp, Journal } from '../saving/journal';
import type { SessionAction } from '../session/sessionState';
import { pauseBeforeRetry } from './retryPause';

interface GivingUp {
  /** What was given up in this browser and the server was not told of. */
  noted: (assignment: string) => Promise<GivenUp | null>;
  /** Resolves to false where the server refuses: the draft was changed since, or the case is with the reader again. */
  carryOut: (assignment: string, what: GivenUp) => Promise<boolean>;
  /** Carry out what was noted, as far as the opened case still shows it. */
  goOn: (payload: WorkspacePayload, what: GivenUp) => Promise<void>;
}

export function useGivingUp(
  userId: string,
  isShown: (assignment: string) => boolean,
  dispatch: Dispatch<SessionAction>,
): GivingUp {
  const desk = useDesk();
  const notes = useMemo<Journal<GivenUp>>(() => desk.journal(userId, 'given-up'), [desk, userId]);

  const carryOut = useCallback(
    async (assignment: string, what: GivenUp): Promise<boolean> => {
      const say = (tone: 'info' | 'refused', text: string) => {
        if (isShown(assignment)) dispatch({ type: 'notice', notice: { tone, text } });
      };
      let hasWaited = false;
      const result = await giveUpUntilAnswered(what, {
        assignment,
        notes,
        forgetDraft: (version) => desk.forgetDraft(assignment, version),
        withdrawFlag: async (flag) => {
          await desk.withdrawFlag(assignment, flag);
          dispatch({ type: 'flagWithdrawn', id: flag });
        },
        onWaiting: (error) => {
          hasWaited = true;
          say('refused', waitingText(error));
        },
        pause: pauseBeforeRetry,
      });
      if (result.kind === 'refused') say('refused', refusedText(result.error));
      else if (hasWaited) say('info', 'The correction is given up.');
      return result.kind === 'done';
    },
    [desk, notes, isShown, dispatch],
  );

  const goOn = useCallback(
    async (payload: WorkspacePayload, what: GivenUp) => {
      const standing = stillStanding(what, payload);
      if (standing === null) await notes.remove(payload.assignment.id);
      else await carryOut(payload.assignment.id, standing);
    },
    [notes, carryOut],
  );

  const noted = useCallback((assignment: string) => notes.get(assignment), [notes]);
  return useMemo(() => ({ noted, carryOut, goOn }), [noted, carryOut, goOn]);
}

function waitingText(error: ApiError): string {
  if (error.status === 401) return 'Given up on this computer. Sign in again, so that the server knows it too.';
  const why = error.isOffline ? 'cannot be reached now' : 'is busy now';
  return `Given up on this computer. The server ${why}; it is told as soon as possible.`;
}

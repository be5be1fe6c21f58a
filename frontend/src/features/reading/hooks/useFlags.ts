/** Flags of the case: one that says "not readable" is taken back with that mark, any by hand. */
import { useCallback, useEffect, useRef, type Dispatch } from 'react';

import { errorMessage } from '../../../api/errors';
import type { StandingFlag } from '../../../api/types';
import { useDesk } from '../desk/desk';
import { tellOfLeftCase } from '../opening/carriedNotice';
import { contradictedFlags, isEditable } from '../session/selectors';
import type { SessionAction, SessionState } from '../session/sessionState';

/** Returns what takes a flag back. A flag that could not be taken back stays to be seen, and can be tried again. */
export function useFlags(
  state: SessionState,
  dispatch: Dispatch<SessionAction>,
  isStillShown: (assignmentId: string) => boolean,
): (flag: StandingFlag) => void {
  const { withdrawFlag } = useDesk();
  const assignment = state.payload?.assignment.id ?? null;
  const isEditing = isEditable(state);
  const tried = useRef(new Set<string>());

  const withdraw = useCallback(
    async (flag: StandingFlag) => {
      if (assignment === null) return;
      try {
        await withdrawFlag(assignment, flag.id);
        dispatch({ type: 'flagWithdrawn', id: flag.id });
      } catch (error) {
        const text = `The flag was not taken back: ${errorMessage(error)}`;
        if (isStillShown(assignment)) dispatch({ type: 'notice', notice: { tone: 'refused', text } });
        else tellOfLeftCase({ tone: 'refused', text });
      }
    },
    [assignment, dispatch, isStillShown, withdrawFlag],
  );

  useEffect(() => {
    contradictedFlags(state)
      .filter((flag) => !tried.current.has(flag.id))
      .forEach((flag) => {
        tried.current.add(flag.id);
        void withdraw(flag);
      });
  }, [state, withdraw]);

  return useCallback(
    (flag: StandingFlag) => {
      const isMarked = flag.kind === 'not_readable' && isEditing;
      if (isMarked) dispatch({ type: 'edit', edit: { type: 'notReadable', value: false } });
      if (!isMarked || tried.current.has(flag.id)) void withdraw(flag);
    },
    [isEditing, dispatch, withdraw],
  );
}

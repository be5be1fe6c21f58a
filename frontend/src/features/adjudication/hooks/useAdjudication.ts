/** One adjudication from claim to decision: ties the reducer to the server and to this browser's memory. */
import { useCallback, useEffect, useReducer, useRef, type Dispatch } from 'react';

import { errorMessage, isApiError } from '../../../api/errors';
import type { AdjudicationPayload } from '../../../api/types';
import { claimAdjudication, decide, lookAtAdjudication } from '../api/adjudication';
import { forgetChoices, keepChoices, loadChoices } from '../choices';
import { adjudicationReducer, decisionsOf, INITIAL, type AdjudicationAction, type AdjudicationState } from '../state';

export interface AdjudicationSession {
  state: AdjudicationState;
  dispatch: Dispatch<AdjudicationAction>;
  /** Resolves to true once the server has the decisions. */
  submit: () => Promise<boolean>;
  reload: () => void;
}

export function useAdjudication(id: string, user: string): AdjudicationSession {
  const [state, dispatch] = useReducer(adjudicationReducer, INITIAL);
  const [round, reload] = useReducer((count: number) => count + 1, 0);
  /** The identifier belongs to one content: sent again it is the same decision, changed it is another. */
  const sent = useRef<{ content: string; uuid: string } | null>(null);

  useEffect(() => {
    let current = true;
    dispatch({ type: 'load' });
    openCase(id).then(
      (payload) => current && dispatch({ type: 'opened', payload, choices: loadChoices(user, id) }),
      (error: unknown) => current && dispatch({ type: 'loadFailed', message: errorMessage(error) }),
    );
    return () => {
      current = false;
    };
  }, [id, user, round]);

  const { phase, choices, payload } = state;
  useEffect(() => {
    const isHeld = phase === 'deciding' && payload?.allowed_actions.includes('decide');
    if (isHeld && payload?.adjudication.id === id) keepChoices(user, id, choices);
  }, [phase, choices, payload, id, user]);

  const submit = useCallback(async () => {
    const decisions = decisionsOf(state);
    const content = JSON.stringify(decisions);
    if (sent.current?.content !== content) sent.current = { content, uuid: crypto.randomUUID() };
    dispatch({ type: 'submitStarted' });
    try {
      await decide(id, sent.current.uuid, decisions);
    } catch (error) {
      const kept = isApiError(error) && error.status === 0 ? ' Press Enter to send again.' : '';
      dispatch({ type: 'submitFailed', message: errorMessage(error) + kept });
      return false;
    }
    forgetChoices(user, id);
    dispatch({ type: 'submitted' });
    return true;
  }, [state, id, user]);

  return { state, dispatch, submit, reload };
}

/** Claims the case where it can be claimed; any other can still be looked at. */
async function openCase(id: string): Promise<AdjudicationPayload> {
  const seen = await lookAtAdjudication(id);
  if (!seen.allowed_actions.includes('claim')) return seen;
  try {
    return await claimAdjudication(id);
  } catch (error) {
    // Somebody was quicker.
    if (isApiError(error) && error.status === 409) return lookAtAdjudication(id);
    throw error;
  }
}

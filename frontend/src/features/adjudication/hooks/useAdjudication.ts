/** One adjudication from claim to decision: ties the reducer to the server and to this browser's memory. */
import { useCallback, useEffect, useReducer, useRef, type Dispatch } from 'react';

import { errorMessage, isApiError } from '../../../api/errors';
import type { AdjudicationPayload } from '../../../api/types';
import { useStillShown } from '../../../hooks/useStillShown';
import { claimAdjudication, decide, lookAtAdjudication } from '../api/adjudication';
import { forgetChoices, keepChoices, loadChoices } from '../choices';
import {
  adjudicationReducer,
  decisionsOf,
  INITIAL,
  unsentText,
  type AdjudicationAction,
  type AdjudicationState,
} from '../state';

export interface AdjudicationSession {
  state: AdjudicationState;
  dispatch: Dispatch<AdjudicationAction>;
  /** Resolves to true once the server has the decisions. */
  submit: () => Promise<boolean>;
  /** Give up a correction that was begun, for good. */
  giveUp: () => void;
  reload: () => void;
  isStillShown: (id: string) => boolean;
  /** Say of a case what came of it: as it is where it is still shown, else with its name. */
  tellOf: (id: string, text: string) => void;
}

export function useAdjudication(id: string, user: string): AdjudicationSession {
  const [state, dispatch] = useReducer(adjudicationReducer, INITIAL);
  const [round, reload] = useReducer((count: number) => count + 1, 0);
  const isStillShown = useStillShown(id);
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
    if (phase !== 'deciding' || payload?.adjudication.id !== id) return;
    // What says the same as the decision is nothing of hers, and must not stand in the way of a later one.
    const isNone = payload.allowed_actions.includes('correct') && unsentText(payload, choices) === '';
    if (isNone) forgetChoices(user, id);
    else keepChoices(user, id, choices);
  }, [phase, choices, payload, id, user]);

  const label = payload?.adjudication.label ?? '';
  const tellOf = useCallback(
    (asked: string, text: string) => dispatch({ type: 'notice', text: isStillShown(asked) ? text : `${label}: ${text}` }),
    [isStillShown, label],
  );

  const submit = useCallback(async () => {
    const decisions = decisionsOf(state);
    const content = JSON.stringify([id, decisions]);
    if (sent.current?.content !== content) sent.current = { content, uuid: crypto.randomUUID() };
    dispatch({ type: 'submitStarted' });
    try {
      await decide(id, sent.current.uuid, decisions);
    } catch (error) {
      const message = errorMessage(error);
      const again = isApiError(error) && error.status === 0 ? ' Press Enter to send again.' : '';
      if (isStillShown(id)) dispatch({ type: 'submitFailed', message: message + again });
      else tellOf(id, `not decided. ${message} Your decisions are kept: open the case again.`);
      return false;
    }
    forgetChoices(user, id);
    if (isStillShown(id)) dispatch({ type: 'submitted' });
    return true;
  }, [state, id, user, isStillShown, tellOf]);

  const giveUp = useCallback(() => {
    forgetChoices(user, id);
    dispatch({ type: 'giveUp' });
  }, [user, id]);

  return { state, dispatch, submit, giveUp, reload, isStillShown, tellOf };
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

/** Sends the read of a case until an answer comes, which concerns that case only: she may have left it long ago. */
import { useCallback, type Dispatch, type RefObject } from 'react';

import { isApiError, type ApiError } from '../../../api/errors';
import { refusedText } from '../../../api/takenAway';
import type { WorkspacePayload } from '../../../api/types';
import { useDesk } from '../desk/desk';
import { carryNotice, tellOfLeftCase } from '../opening/carriedNotice';
import type { Journal, JournalEntry, PendingSubmit } from '../saving/journal';
import type { SaveQueue } from '../saving/saveQueue';
import { submitUntilAnswered } from '../saving/submitter';
import { STANDS_BESIDE } from '../session/selectors';
import type { Notice, SessionAction } from '../session/sessionState';
import { pauseBeforeRetry } from './retryPause';

export interface SubmittedCase {
  slug: string;
  /** The page still shows it. */
  isShown: boolean;
}

interface DeliveryOptions {
  journal: Journal;
  /** One for each opening of a case; null while none is open. */
  queue: RefObject<SaveQueue | null>;
  dispatch: Dispatch<SessionAction>;
  onSubmitted: (submitted: SubmittedCase) => void;
}

/** Resolves to true once the server has the read. `replayed`: a submit that was made before the page was opened. */
export type Deliver = (submit: PendingSubmit, payload: WorkspacePayload, replayed?: JournalEntry) => Promise<boolean>;

export function useDelivery({ journal, queue, dispatch, onSubmitted }: DeliveryOptions): Deliver {
  const { sendRead } = useDesk();
  return useCallback(
    async (submit, payload, replayed) => {
      const saving = queue.current;
      const isShown = () => saving !== null && queue.current === saving;
      const { id, label } = payload.assignment;
      dispatch({ type: 'submitStarted' });
      await saving?.stop();
      const fresh = {
        document: submit.document,
        baseVersion: saving?.baseVersion ?? payload.draft.version,
        changes: 1,
        since: Date.now(),
        amending: submit.kind === 'amend',
      };
      const result = await submitUntilAnswered({ ...(replayed ?? fresh), submit }, {
        assignment: id,
        journal,
        send: (pending) => sendRead(id, pending),
        onWaiting: (error) => isShown() && dispatch({ type: 'submitFailed', message: waitingText(error) }),
        pause: pauseBeforeRetry,
      });
      if (result.kind === 'overtaken') return false;
      if (result.kind === 'refused' && isShown()) {
        const message = replayed ? replayRefusedText(result.error, payload) : refusedText(result.error);
        dispatch({ type: 'submitRefused', message, missing: missingOf(result.error) });
        saving?.restart();
        return false;
      }
      if (result.kind === 'refused') {
        tellOfLeftCase({ tone: 'refused', text: leftRefusedText(result.error, label) });
        return false;
      }
      const late = result.answer.late ? lateNotice(label) : null;
      const shown = isShown();
      if (shown) dispatch({ type: 'submitted' });
      if (shown && late !== null) carryNotice(late);
      if (!shown) tellOfLeftCase(late ?? { tone: 'info', text: `${label} is submitted.` });
      onSubmitted({ slug: payload.project.slug, isShown: shown });
      return true;
    },
    [journal, queue, dispatch, onSubmitted, sendRead],
  );
}

function lateNotice(label: string): Notice {
  const text = `${label}: your time had run out, or you have seen what others said of it, so your read is kept as a late read. The data manager sees it.`;
  return { tone: 'refused', text };
}

function waitingText(error: ApiError): string {
  if (error.status === 401) return 'Not submitted yet: sign in again. Your read is kept on this computer.';
  const why = error.isOffline ? 'the server cannot be reached' : 'the server is busy';
  return `Not submitted yet: ${why}. Your read is kept on this computer and sent again by itself.`;
}

function leftRefusedText(error: ApiError, label: string): string {
  return `${label} was not submitted: ${refusedText(error, 'clause')} What you did is kept: open it again from your worklist.`;
}

/** Of a submit that was made before the page was opened: what was done stands on the page again. */
function replayRefusedText(error: ApiError, payload: WorkspacePayload): string {
  const isCorrection = payload.assignment.state === 'submitted';
  if (isCorrection && (error.code === 'outcome_shown' || !payload.allowed_actions.includes('amend'))) return STANDS_BESIDE;
  const why = isApiError(error, 'invalid_transition')
    ? `the case was ${isCorrection ? 'submitted' : 'sent back to you'} meanwhile.`
    : refusedText(error, 'clause');
  const way = isCorrection ? 'a correction: submit it, or give it up' : 'you left it: submit it again, or change it first';
  return `Your ${isCorrection ? 'changes were' : 'read was'} not submitted: ${why} What you did is shown as ${way}.`;
}

function missingOf(error: ApiError): string[] {
  const details = error.details as { missing?: string[] } | null;
  return details?.missing ?? [];
}

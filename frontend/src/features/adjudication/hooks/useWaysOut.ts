/** The ways out of a case. An answer that comes when another case, or another page, is shown moves nothing there. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';

import { errorMessage } from '../../../api/errors';
import { recall, releaseAdjudication, sendBack } from '../api/adjudication';
import { nextAdjudication } from '../api/adjudications';
import type { AdjudicationSession } from './useAdjudication';

interface WaysOut {
  goNext: () => Promise<void>;
  /** Resolves once the server has the decisions and the next case was asked for. */
  decideAndGoOn: () => Promise<void>;
  release: () => Promise<void>;
  /** Take the case back from a reader who does not answer. */
  takeBack: () => Promise<void>;
  /** `onSent` closes the question while its case is still shown. */
  askReader: (label: string, note: string, onSent: () => void) => Promise<void>;
}

export function useWaysOut(id: string, session: AdjudicationSession): WaysOut {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { state, dispatch, submit, reload, isStillShown, tellOf } = session;
  const slug = state.payload?.project.slug ?? null;
  const listAgain = () => queryClient.invalidateQueries({ queryKey: ['adjudications', slug] });

  const goNext = async () => {
    if (slug === null) return;
    await listAgain();
    if (!isStillShown(id)) return;
    try {
      const { adjudication } = await nextAdjudication(slug);
      if (!isStillShown(id)) return;
      void navigate(adjudication === null ? `/p/${slug}/adjudicate` : `/adjudicate/${adjudication.id}`);
    } catch (error) {
      tellOf(id, errorMessage(error));
    }
  };

  return {
    goNext,
    decideAndGoOn: async () => {
      if (await submit()) await goNext();
    },
    release: async () => {
      if (!state.payload?.allowed_actions.includes('release')) return dispatch({ type: 'locked' });
      try {
        await releaseAdjudication(id);
        if (isStillShown(id)) void navigate(`/p/${slug}/adjudicate`);
      } catch (error) {
        tellOf(id, errorMessage(error));
      }
    },
    takeBack: async () => {
      try {
        await recall(id);
        if (isStillShown(id)) reload();
        void listAgain();
      } catch (error) {
        tellOf(id, errorMessage(error));
      }
    },
    askReader: async (label, note, onSent) => {
      await sendBack(id, label, note);
      if (isStillShown(id)) onSent();
      await goNext();
    },
  };
}

/** One assignment from opening to submit: ties the reducer to the server, the save queue and the journal. */
import { useCallback, useEffect, useMemo, useReducer, useRef, type Dispatch } from 'react';

import { errorMessage, isApiError } from '../../../api/errors';
import { refusedText } from '../../../api/takenAway';
import type { ReadDocument, WorkspacePayload } from '../../../api/types';
import { useDesk } from '../desk/desk';
import { sayOfLeftCases, takeCarriedNotice } from '../opening/carriedNotice';
import { openCase } from '../opening/openCase';
import type { Journal } from '../saving/journal';
import { planRefused, planReplay, type Replay } from '../saving/replay';
import { SaveQueue } from '../saving/saveQueue';
import { givenUpWith, isEditable, submitObstacle } from '../session/selectors';
import { INITIAL_SESSION, type SessionAction, type SessionState } from '../session/sessionState';
import { sessionReducer } from '../session/state';
import { wakeRetries } from './retryPause';
import { useDelivery, type SubmittedCase } from './useDelivery';
import { useGivingUp } from './useGivingUp';

export interface SubmitMeta {
  active_ms: number;
  display_state: object;
  /** Why a submitted read is corrected; null for a first submit. */
  reason: string | null;
}

export interface ReadingSession {
  state: SessionState;
  dispatch: Dispatch<SessionAction>;
  submit: (meta: SubmitMeta) => Promise<void>;
  /** Give up a correction, for good. */
  giveUp: () => void;
  resolveConflict: (keep: 'mine' | 'server') => void;
  /** Connection or sign-in are back: save and submit what waits. */
  resume: () => void;
  reload: () => void;
}

interface SessionOptions {
  assignmentId: string;
  userId: string;
  /** The assignment can no longer be opened; asked only when it was reserved ahead. */
  onGone: () => boolean;
  onSubmitted: (submitted: SubmittedCase) => void;
}

export function useReadingSession({ assignmentId, userId, onGone, onSubmitted }: SessionOptions): ReadingSession {
  const [state, dispatch] = useReducer(sessionReducer, INITIAL_SESSION);
  const [round, reload] = useReducer((count: number) => count + 1, 0);
  const desk = useDesk();
  const journal = useMemo<Journal>(() => desk.journal(userId), [desk, userId]);
  const queue = useRef<SaveQueue | null>(null);
  /** The document as the queue or the server already has it; anything else is an edit of the reader. */
  const known = useRef<ReadDocument | null>(null);
  const latest = useRef({ state, onGone, onSubmitted });
  useEffect(() => {
    latest.current = { state, onGone, onSubmitted };
  });

  const isShown = useCallback(
    (id: string) => queue.current !== null && latest.current.state.payload?.assignment.id === id,
    [],
  );
  const { noted, carryOut, goOn } = useGivingUp(userId, isShown, dispatch);

  const submitted = useCallback((about: SubmittedCase) => latest.current.onSubmitted(about), []);
  const deliver = useDelivery({ journal, queue, dispatch, onSubmitted: submitted });

  useEffect(() => {
    let current = true;
    let sayNoMore: () => void = () => undefined;
    dispatch({ type: 'load' });
    known.current = null;

    const begin = async () => {
      const [{ payload, lost }, entry, givenUp] = await Promise.all([openCase(assignmentId, journal, desk), journal.get(assignmentId), noted(assignmentId)]);
      if (!current) return;
      const replay = planReplay(payload, entry, givenUp);
      const document = 'document' in replay ? replay.document : payload.draft.document;
      const amending = payload.assignment.state === 'submitted' && 'document' in replay;
      known.current = document;
      queue.current = new SaveQueue({
        assignment: assignmentId,
        version: payload.draft.version,
        journal,
        send: (content, version) => desk.saveDraft(assignmentId, content, version),
        onStatus: (status) => {
          if (!current) return;
          // Submitted in another window: opened again, what was changed here is shown as a correction.
          if (status.kind === 'unsaved' && status.code === 'already_submitted') reload();
          else dispatch({ type: 'saveStatus', status });
        },
        now: Date.now,
        later: (callback, ms) => {
          const timer = setTimeout(callback, ms);
          return () => clearTimeout(timer);
        },
      });
      dispatch({ type: 'opened', payload, document, amending });
      const notice = takeCarriedNotice() ?? lost;
      if (notice !== null) dispatch({ type: 'notice', notice });
      sayNoMore = sayOfLeftCases((told) => dispatch({ type: 'notice', notice: told }));
      if (givenUp !== null) void goOn(payload, givenUp);
      if (replay.kind !== 'submit') return takeUp(replay, payload);
      const isSubmitted = await deliver(replay.entry.submit, payload, replay.entry);
      if (!isSubmitted && current) takeUp(planRefused(payload, replay.entry), payload);
    };

    const takeUp = (replay: Replay, payload: WorkspacePayload) => {
      if (replay.kind === 'push') queue.current?.push(replay.document, replay);
      if (replay.kind !== 'conflict') return;
      dispatch({ type: 'saveStatus', status: { kind: 'conflict', mine: replay.mine, server: payload.draft } });
    };

    begin().catch(async (error: unknown) => {
      const kept = isApiError(error) && error.status === 404 && (await journal.get(assignmentId)) !== null;
      if (!current) return;
      const isGone = isApiError(error) && (error.status === 404 || error.status === 409);
      if (isGone && latest.current.onGone()) return;
      const message = kept ? `${refusedText(error)} What you did is kept on this computer.` : errorMessage(error);
      dispatch({ type: 'loadFailed', message });
    });
    return () => {
      current = false;
      sayNoMore();
      void queue.current?.stop();
      queue.current = null;
    };
  }, [assignmentId, journal, desk, deliver, noted, goOn, round]);

  // Every edit is journalled at once and saved; a correction only journalled, until it is submitted.
  useEffect(() => {
    if (known.current === null || known.current === state.document || state.payload === null) return;
    if (state.phase === 'submitted' || state.phase === 'submitting') return;
    known.current = state.document;
    if (!state.amending) {
      if (state.typing) queue.current?.pushTyped(state.document);
      else queue.current?.push(state.document);
      return;
    }
    void journal.put(assignmentId, {
      document: state.document,
      baseVersion: state.payload.draft.version,
      changes: 1,
      since: Date.now(),
      amending: true,
      submit: null,
    });
  }, [state, assignmentId, journal]);

  const submit = useCallback(
    async (meta: SubmitMeta) => {
      const { state: now } = latest.current;
      const obstacle = submitObstacle(now);
      if (obstacle !== null) dispatch({ type: 'submitRefused', ...obstacle });
      if (obstacle !== null || now.payload === null) return;
      const kind = now.amending ? ('amend' as const) : ('submit' as const);
      const pending = { client_uuid: crypto.randomUUID(), kind, document: now.document, ...meta };
      await deliver(pending, now.payload);
    },
    [deliver],
  );

  const giveUp = useCallback(async () => {
    const { state: now } = latest.current;
    if (now.payload === null || !now.amending || !isEditable(now)) return;
    const { id } = now.payload.assignment;
    known.current = now.payload.draft.document;
    dispatch({ type: 'cancelCorrection' });
    await journal.remove(id);
    const what = givenUpWith(now);
    if (what !== null && !(await carryOut(id, what)) && isShown(id)) reload();
  }, [journal, carryOut, isShown]);

  const resolveConflict = useCallback(
    (keep: 'mine' | 'server') => {
      const { conflict } = latest.current.state;
      if (conflict === null) return;
      const [chosen, other] =
        keep === 'mine' ? [conflict.mine, conflict.server.document] : [conflict.server.document, conflict.mine];
      known.current = chosen;
      dispatch({ type: 'conflictSolved', chosen, other });
      queue.current?.resolve(chosen, conflict.server.version);
    },
    [],
  );

  const resume = useCallback(() => {
    queue.current?.resume();
    wakeRetries();
  }, []);

  useEffect(() => {
    window.addEventListener('online', resume);
    return () => window.removeEventListener('online', resume);
  }, [resume]);

  return { state, dispatch, submit, giveUp: () => void giveUp(), resolveConflict, resume, reload };
}

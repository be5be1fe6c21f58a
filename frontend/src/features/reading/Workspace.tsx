/** The reading workspace: one case from opening to submit, then the next in the same window. */
import '../../components/workspace/workspace.css';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useLocation, useNavigate } from 'react-router';

import type { PriorStudy, SessionUser, WorkspacePayload } from '../../api/types';
import { worklistQuery } from '../../api/worklist';
import { KeySheet } from '../../components/dialogs/KeySheet';
import { SignInAgain } from '../../components/dialogs/SignInAgain';
import { useActiveTime } from '../../hooks/useActiveTime';
import { useKeyDown } from '../../hooks/useKeyDown';
import { useLease } from '../../hooks/useLease';
import { useOwnSession } from '../../hooks/useOwnSession';
import { useStateOf } from '../../hooks/useStateOf';
import { useStillShown } from '../../hooks/useStillShown';
import type { ViewerController } from '../../viewer/controller';
import type { ImageStack } from '../../viewer/images/stacks';
import { SeriesStrip } from '../../viewer/parts/SeriesStrip';
import { mayRepeat } from '../../viewer/viewKeys';
import { useDesk } from './desk/desk';
import { carryNotice, tellOfLeftCase } from './opening/carriedNotice';
import { CaseDialogs, type DialogName } from './components/CaseDialogs';
import { CaseView } from './components/CaseView';
import { ConflictDialog } from './components/ConflictDialog';
import { FindingsPanel } from './components/FindingsPanel';
import { NothingStored } from './components/NothingStored';
import { SavedSign } from './components/SavedSign';
import { TopBar } from './components/TopBar';
import { useCaseViewer } from './hooks/useCaseViewer';
import { useCommands } from './hooks/useCommands';
import type { SubmittedCase } from './hooks/useDelivery';
import { useFlags } from './hooks/useFlags';
import { useNextCase } from './hooks/useNextCase';
import { usePreviousCase } from './hooks/usePreviousCase';
import { useReadingSession } from './hooks/useReadingSession';
import { keyGroups } from './keyboard/keyGroups';
import { commandOf } from './keyboard/keys';
import { isEditable, submitObstacle } from './session/selectors';

const NO_PRIORS: PriorStudy[] = [];
/** Of a case that is not there yet: it has no keys of its own. */
const NO_FINDINGS = { findings: [] };

interface WorkspaceProps {
  assignmentId: string;
  user: SessionUser;
}

export function Workspace({ assignmentId, user }: WorkspaceProps) {
  const navigate = useNavigate();
  const location = useLocation();
  const desk = useDesk();
  const queryClient = useQueryClient();
  const [viewer, setViewer] = useState<ViewerController | null>(null);
  const [dialog, setDialog] = useStateOf<DialogName | null>(assignmentId, null);
  const [keysShown, setKeysShown] = useStateOf(assignmentId, false);
  const [prior, setPrior] = useStateOf<ImageStack | null>(assignmentId, null);
  const [panelsHidden, setPanelsHidden] = useState(false);
  const comment = useRef<HTMLTextAreaElement>(null);
  const time = useActiveTime();
  const isStillShown = useStillShown(assignmentId);
  const wasReserved = (location.state as { reserved?: boolean } | null)?.reserved === true;

  const goNext = useRef<(slug: string) => void>(() => undefined);
  const onSubmitted = useCallback(
    ({ slug, isShown }: SubmittedCase) => {
      void queryClient.invalidateQueries({ queryKey: ['worklist', slug] });
      if (isShown) goNext.current(slug);
    },
    [queryClient],
  );
  const onGone = () => {
    const slug = (location.state as { slug?: string } | null)?.slug;
    if (!wasReserved || slug === undefined) return false;
    void navigate(desk.nextAddress(slug, assignmentId), { replace: true });
    return true;
  };

  const session = useReadingSession({ assignmentId, userId: user.id, onGone, onSubmitted });
  const { state, dispatch, submit, giveUp, resolveConflict, resume, reload } = session;
  const { payload, phase } = state;
  const own = useOwnSession(user, () => {
    resume();
    if (phase === 'loadFailed') reload();
  });
  const takeBack = useFlags(state, dispatch, isStillShown);
  const slug = payload?.project.slug ?? null;

  const shown = useCaseViewer(viewer, state, dispatch);
  const { isReady, presets } = shown;
  const isBlocked = dialog !== null || keysShown || phase === 'conflict' || own.lost;
  const takeReserved = useNextCase(slug, assignmentId, isReady && isEditable(state) && !state.amending);

  const worklist = useQuery({ ...worklistQuery(slug ?? '', null), enabled: slug !== null && desk.hasWorklist });

  useEffect(() => {
    goNext.current = (project) => {
      if (state.stays) return reload();
      const reserved = takeReserved();
      if (reserved === null) void navigate(desk.nextAddress(project, assignmentId));
      else void navigate(desk.caseAddress(reserved), { state: { reserved: true, slug: project } });
    };
  });

  useEffect(() => {
    if (payload !== null) time.reset();
    // A new case starts the clock; the clock itself does not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [payload]);

  useEffect(() => {
    if (isReady && !isBlocked) viewer?.focus();
  }, [isReady, isBlocked, viewer]);

  const onLeaseLost = useCallback(
    (message: string) => dispatch({ type: 'notice', notice: { tone: 'refused', text: message } }),
    [dispatch],
  );
  const lease = useLease({
    // Only a case that is held has a lease; one that was sent back or is being corrected has none.
    id: payload?.assignment.state === 'open' && phase !== 'submitted' ? assignmentId : null,
    until: payload?.assignment.lease_until ?? null,
    beat: desk.heartbeat,
    onLost: onLeaseLost,
  });

  const meta = (reason: string | null) => ({
    active_ms: time.read(),
    display_state: viewer?.displayState() ?? {},
    reason,
  });

  /** The case whose image has been on the screen. */
  const [seen, setSeen] = useState<string | null>(null);
  const caseId = payload?.assignment.id ?? null;
  useEffect(() => {
    if (isReady) setSeen(caseId);
  }, [isReady, caseId]);

  const onSubmit = () => {
    if (phase === 'submitted') {
      if (slug !== null) void navigate(desk.nextAddress(slug, assignmentId));
      return;
    }
    if (!isEditable(state)) return dispatch({ type: 'locked' });
    if (seen !== caseId && !state.document.not_readable) {
      const text = 'The image has not been shown yet. Wait for it, or mark the case not readable (F).';
      dispatch({ type: 'notice', notice: { tone: 'refused', text } });
      return;
    }
    if (state.amending && !isSlip(payload) && submitObstacle(state) === null) setDialog('correct');
    else void submit(meta(state.amending ? 'slip' : null));
  };

  const goBack = usePreviousCase(assignmentId, state, dispatch, isStillShown);

  const run = useCommands({
    state,
    dispatch,
    viewer,
    stackIds: shown.stacks.map((stack) => stack.id),
    stackId: shown.stackId,
    showStack: shown.showStack,
    presets,
    submit: onSubmit,
    goBack: () => void goBack(),
    openDialog: setDialog,
    openKeys: () => setKeysShown(true),
    writeComment: () => {
      // The field must be there before the next key comes.
      flushSync(() => setPanelsHidden(false));
      comment.current?.focus();
    },
    togglePanels: () => setPanelsHidden((hidden) => !hidden),
  });

  useKeyDown(
    (event) => {
      const command = commandOf(event, payload?.schema ?? NO_FINDINGS);
      // The way back after a slip is there before the next case is.
      if (payload === null && command?.kind !== 'previousCase') return false;
      if (command !== null && (!event.repeat || mayRepeat(command.kind))) run(command);
      return command !== null;
    },
    !isBlocked,
    () => viewer?.focus(),
  );

  return (
    <div className="ws" data-testid="workspace" data-phase={phase} data-seen={seen ?? undefined} onClick={viewer?.takeKeyboardBack}>
      <title>{`${payload?.assignment.label ?? 'Read'} · LabelHub`}</title>
      <TopBar
        home={desk.home(slug, assignmentId)}
        project={payload?.project.name ?? ''}
        label={payload?.assignment.label ?? ''}
        today={worklist.data?.today.n_submitted ?? null}
        lease={lease}
        reader={user.display_name || user.username}
        sign={
          desk.note !== null ? (
            <NothingStored note={desk.note} />
          ) : (
            <SavedSign
              phase={phase}
              save={state.save}
              amending={state.amending}
              unanswered={phase === 'submitting' && state.notice?.tone === 'refused'}
              onRetry={resume}
            />
          )
        }
        onKeys={() => setKeysShown(true)}
      />
      <div className="ws-body" data-panels={panelsHidden ? 'hidden' : 'shown'}>
        {!panelsHidden && (
          <SeriesStrip
            stacks={shown.stacks}
            shown={shown.stackId}
            priors={payload?.context.prior ?? NO_PRIORS}
            shownPrior={prior?.id ?? null}
            ready={isReady}
            onShow={(stack) => shown.showStack(stack.id)}
            onPrior={setPrior}
          />
        )}
        <CaseView
          state={state}
          viewer={viewer}
          onViewer={setViewer}
          presets={presets}
          prior={prior}
          onPriorClosed={() => setPrior(null)}
          onReload={reload}
          onCommand={run}
          alone={panelsHidden}
        />
        {!panelsHidden && (
          <FindingsPanel
            state={state}
            dispatch={dispatch}
            comment={comment}
            onMark={shown.showMark}
            onCommand={run}
            onTakeBack={takeBack}
            onGiveUp={giveUp}
            onFocusImage={() => viewer?.focus()}
          />
        )}
      </div>
      {payload !== null && (
        <>
          <KeySheet opened={keysShown} onClose={() => setKeysShown(false)} groups={keyGroups(payload.schema)} />
          <ConflictDialog schema={payload.schema} conflict={state.conflict} onChoose={resolveConflict} />
        </>
      )}
      <CaseDialogs
        open={dialog}
        assignmentId={assignmentId}
        asksAnother={payload?.assignment.unreadable_asks_another ?? false}
        dispatch={dispatch}
        onClose={() => setDialog(null)}
        isStillShown={isStillShown}
        onSkipped={() => {
          const notice = desk.skipped(payload?.assignment.label ?? '');
          if (!isStillShown(assignmentId)) return tellOfLeftCase(notice);
          carryNotice(notice);
          if (slug !== null) goNext.current(slug);
        }}
        onCorrect={(reason) => void submit(meta(reason))}
      />
      <SignInAgain
        opened={own.lost}
        username={user.username}
        other={own.other?.display_name ?? null}
        onSignIn={own.again}
      />
    </div>
  );
}

/** Within ten minutes of the submit a correction is a slip of the hand and needs no further reason. */
function isSlip(payload: WorkspacePayload | null): boolean {
  const until = payload?.assignment.slip_until ?? null;
  return until !== null && Date.parse(until) > Date.now();
}

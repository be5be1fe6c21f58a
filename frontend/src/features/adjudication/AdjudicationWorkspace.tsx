/** The adjudication view: the reads of one case side by side on its image, and a decision on each finding that differs. */
import '../../components/workspace/workspace.css';

import { IconKeyboard } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';

import type { AdjudicationPayload, CaseImage, SessionUser } from '../../api/types';
import { CannotOpen } from '../../components/workspace/CannotOpen';
import { KeySheet } from '../../components/dialogs/KeySheet';
import { SignInAgain } from '../../components/dialogs/SignInAgain';
import { useKeyDown } from '../../hooks/useKeyDown';
import { useLease } from '../../hooks/useLease';
import { useOwnSession } from '../../hooks/useOwnSession';
import { useStateOf } from '../../hooks/useStateOf';
import type { ViewerController, ViewerGestures } from '../../viewer/controller';
import { SeriesStrip } from '../../viewer/parts/SeriesStrip';
import { useStage } from '../../viewer/useStage';
import { mayRepeat, runViewCommand } from '../../viewer/viewKeys';
import { Viewport } from '../../viewer/Viewport';
import { ViewTools } from '../../viewer/parts/ViewTools';
import { adjudicationHeartbeat } from './api/adjudication';
import { DecisionPanel } from './components/DecisionPanel';
import { SendBackDialog } from './components/SendBackDialog';
import { useAdjudication } from './hooks/useAdjudication';
import { useWaysOut } from './hooks/useWaysOut';
import { commandOf, keyGroups, type Command } from './keys';
import { regionOf, shownMarks } from './shownMarks';
import { choiceOf, marksOf, nextOpen, takesBoxes, unexplained } from './state';

/** What is said of a case that she does not hold. */
const STANDING: Record<AdjudicationPayload['adjudication']['state'], string> = {
  open: 'waits for an adjudicator',
  claimed: 'another adjudicator has this case',
  waiting: 'back with a reader',
  decided: 'decided',
  resolved: 'resolved by the readers',
};
const NO_IMAGES: CaseImage[] = [];

export function AdjudicationWorkspace({ id, user }: { id: string; user: SessionUser }) {
  const [viewer, setViewer] = useState<ViewerController | null>(null);
  const [keysShown, setKeysShown] = useStateOf(id, false);
  const [asking, setAsking] = useStateOf(id, false);
  /** Questions that are written and not sent, by case. */
  const [notes, setNotes] = useState<Record<string, string>>({});
  /** The finding whose marks fill the view; Tab goes there and back. */
  const zoomed = useRef<string | null>(null);
  const session = useAdjudication(id, user.id);
  const { state, dispatch, reload } = session;
  const { goNext, decideAndGoOn, release, takeBack, askReader } = useWaysOut(id, session);
  const { payload, phase, current } = state;
  const own = useOwnSession(user, () => {
    if (phase === 'loadFailed') reload();
  });
  const slug = payload?.project.slug ?? null;
  const labels = useMemo(() => payload?.reads.map((read) => read.label) ?? [], [payload]);

  const marks = useMemo(() => shownMarks(state), [state]);
  const gestures = useMemo<ViewerGestures>(
    () => ({
      onMarkDrawn: (place) => {
        const box = { id: crypto.randomUUID(), finding: current ?? '', region_class: null, space: 'image' } as const;
        dispatch({ type: 'addBox', box: { ...box, ...place } });
      },
      onMarkChanged: (box, geometry) => dispatch({ type: 'changeBox', id: box, geometry }),
    }),
    [dispatch, current],
  );
  const onSelectMark = useCallback((box: string | null) => dispatch({ type: 'selectBox', id: box }), [dispatch]);
  const images = payload?.images ?? NO_IMAGES;
  const stage = useStage({ viewer, caseId: payload?.adjudication.id ?? null, images, marks, gestures, onSelectMark });

  const isBlocked = keysShown || asking || own.lost;
  useEffect(() => {
    if (stage.isReady && !isBlocked) viewer?.focus();
  }, [stage.isReady, isBlocked, viewer]);

  const onLeaseLost = useCallback((text: string) => dispatch({ type: 'notice', text }), [dispatch]);
  const lease = useLease({
    // A correction has no lease: the case is decided.
    id: phase === 'deciding' && payload?.allowed_actions.includes('decide') ? id : null,
    until: payload?.adjudication.lease_until ?? null,
    beat: adjudicationHeartbeat,
    onLost: onLeaseLost,
  });

  const onEnter = () => {
    if (phase === 'readOnly' || phase === 'submitted') return void goNext();
    if (phase !== 'deciding') return;
    const open = nextOpen(state);
    if (open !== null) {
      const isHere = open === current || choiceOf(state, current ?? '').value === null;
      if (isHere) dispatch({ type: 'notice', text: 'Decide first: 1 present, 2 absent, 3 uncertain.' });
      else dispatch({ type: 'go', to: open });
      return;
    }
    const [silent] = unexplained(state);
    if (silent !== undefined) {
      dispatch({ type: 'go', to: silent.code });
      return dispatch({ type: 'notice', text: 'This project asks for a reason: choose one by its key, or type it.' });
    }
    void decideAndGoOn();
  };

  const zoomToMarks = () => {
    if (viewer === null || payload === null || current === null) return;
    const marks = [...labels.flatMap((label) => marksOf(state, label, current)), ...choiceOf(state, current).boxes];
    const first = marks[0];
    const target = `${id}/${current}`;
    if (zoomed.current === target || first === undefined) {
      zoomed.current = null;
      viewer.camera.fit();
      return;
    }
    stage.showFrame(first.instance, first.frame);
    const here = marks.filter((mark) => mark.instance === first.instance && mark.frame === first.frame);
    const region = regionOf(here.map((mark) => mark.geometry));
    if (region !== null) viewer.camera.zoomTo(region);
    zoomed.current = target;
  };

  const run = (command: Command): void => {
    switch (command.kind) {
      case 'toggleReader':
        return dispatch({ type: 'toggleReader', label: command.label });
      case 'takeMarks': {
        const ids = marksOf(state, command.label, current ?? '').map(() => crypto.randomUUID());
        return dispatch({ type: 'takeMarks', label: command.label, ids });
      }
      case 'solo':
        return dispatch({ type: 'solo' });
      case 'zoomToMarks':
        return zoomToMarks();
      case 'value':
        return dispatch({ type: 'value', value: command.value });
      case 'reason':
        return dispatch({ type: 'reason', reason: command.reason });
      case 'go':
        return dispatch({ type: 'step', delta: command.delta });
      case 'submit':
        return onEnter();
      case 'sendBack':
        if (payload?.allowed_actions.includes('recall')) return void takeBack();
        return payload?.allowed_actions.includes('return') ? setAsking(true) : dispatch({ type: 'locked' });
      case 'correct':
        return dispatch({ type: 'correct' });
      case 'release':
        return void release();
      case 'deleteMark':
        if (viewer?.deleteSelectedMeasurement() || state.selectedBox === null) return;
        return dispatch({ type: 'removeBox', id: state.selectedBox });
      case 'cancel':
        dispatch({ type: 'notice', text: null });
        return viewer?.cancel();
      case 'keySheet':
        return setKeysShown(true);
      case 'tool':
        if (command.tool === 'box' && phase !== 'deciding') return dispatch({ type: 'locked' });
        if (command.tool === 'box' && !takesBoxes(state, current ?? '')) {
          return dispatch({ type: 'notice', text: 'This finding takes no boxes.' });
        }
        return viewer?.setTool(command.tool);
      default:
        return runViewCommand(command, {
          viewer,
          presets: stage.presets,
          stackIds: stage.stacks.map((stack) => stack.id),
          stackId: stage.stackId,
          showStack: stage.showStack,
        });
    }
  };

  useKeyDown(
    (event) => {
      const command = commandOf(event, labels);
      if (command !== null && (!event.repeat || mayRepeat(command.kind))) run(command);
      return command !== null;
    },
    payload !== null && !isBlocked,
    () => viewer?.focus(),
  );

  return (
    <div className="ws" data-testid="adjudication" data-phase={phase} onClick={viewer?.takeKeyboardBack}>
      <title>{`${payload?.adjudication.label ?? 'Adjudication'} · LabelHub`}</title>
      <header className="ws-top">
        <Link to={slug === null ? '/' : `/p/${slug}/adjudicate`}>‹ Adjudication</Link>
        <span className="ws-top-title" title={payload?.project.name}>
          {payload?.project.name}
        </span>
        <span className="ws-dim" data-testid="case-label">
          {payload?.adjudication.label}
        </span>
        <span className="ws-push" />
        {phase === 'readOnly' && (
          <span style={{ color: 'var(--ws-warn)' }}>
            {payload === null ? '' : STANDING[payload.adjudication.state]}
          </span>
        )}
        {lease !== null && (
          <span style={{ color: 'var(--ws-warn)' }} role="timer">
            kept for you {Math.floor(lease / 60)}:{String(lease % 60).padStart(2, '0')}
          </span>
        )}
        <button type="button" className="ws-tool" style={{ height: '100%' }} onClick={() => setKeysShown(true)} tabIndex={-1}>
          <IconKeyboard size={17} stroke={1.7} aria-hidden /> Keys
        </button>
        <span className="ws-dim ws-top-person">{user.display_name || user.username}</span>
      </header>
      <div className="ws-body" data-wide="true">
        <SeriesStrip
          stacks={stage.stacks}
          shown={stage.stackId}
          priors={[]}
          shownPrior={null}
          ready={stage.isReady}
          onShow={(stack) => stage.showStack(stack.id)}
          onPrior={() => undefined}
        />
        <main className="ws-centre" style={{ gridColumn: 2 }}>
          <div className="ws-views">
            <Viewport
              id="adjudicate"
              controller={viewer}
              onController={setViewer}
              label={`Image of ${payload?.adjudication.label ?? 'the case'} with the marks of its reads`}
            >
              {phase === 'loadFailed' && (
                <CannotOpen title="This case cannot be adjudicated" reason={state.loadError} onRetry={reload} />
              )}
            </Viewport>
          </div>
          {viewer !== null && (
            <ViewTools
              viewer={viewer}
              presets={stage.presets}
              drawing={phase === 'deciding' && takesBoxes(state, current ?? '') ? 'on' : 'off'}
              onTool={(tool) => run({ kind: 'tool', tool })}
              onView={(action) => run({ kind: 'view', action })}
              onPreset={(index) => run({ kind: 'preset', index })}
            />
          )}
        </main>
        <DecisionPanel
          state={state}
          dispatch={dispatch}
          onCommand={run}
          onGiveUp={session.giveUp}
          onFocusImage={() => viewer?.focus()}
        />
      </div>
      <KeySheet opened={keysShown} onClose={() => setKeysShown(false)} groups={keyGroups(labels)} />
      <SendBackDialog
        key={id}
        opened={asking}
        labels={labels}
        note={notes[id] ?? ''}
        onNote={(note) => setNotes((all) => ({ ...all, [id]: note }))}
        onClose={() => setAsking(false)}
        onSend={(label, note) => askReader(label, note, () => setAsking(false))}
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

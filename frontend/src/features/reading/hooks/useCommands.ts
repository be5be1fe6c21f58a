/** Carries out the commands of the keyboard and of the buttons: one path for both. */
import { useCallback, type Dispatch, type RefObject } from 'react';

import type { WindowPreset } from '../../../api/types';
import type { ViewerController } from '../../../viewer/controller';
import type { ImageStack } from '../../../viewer/stacks';
import type { DialogName } from '../components/CaseDialogs';
import type { Command, ViewAction } from '../keys';
import { boxFinding, isEditable, type DocumentEdit, type SessionAction, type SessionState } from '../state';

export interface CommandTargets {
  state: SessionState;
  dispatch: Dispatch<SessionAction>;
  viewer: ViewerController | null;
  stacks: ImageStack[];
  stackId: string | null;
  showStack: (id: string) => void;
  presets: WindowPreset[];
  comment: RefObject<HTMLTextAreaElement | null>;
  submit: () => void;
  goBack: () => void;
  openDialog: (name: DialogName) => void;
  openKeys: () => void;
  togglePanels: () => void;
}

export function useCommands(targets: CommandTargets): (command: Command) => void {
  return useCallback((command: Command) => runCommand(command, targets), [targets]);
}

function runCommand(command: Command, targets: CommandTargets): void {
  const { state, dispatch, viewer } = targets;
  const edit = (change: DocumentEdit) => dispatch({ type: 'edit', edit: change });
  switch (command.kind) {
    case 'toggleFinding':
      return edit({ type: 'toggle', code: command.code });
    case 'answerActive':
      return edit({ type: 'answerActive', value: command.value });
    case 'answerRest':
      return edit({ type: 'rest' });
    case 'normal':
      return edit({ type: 'normal' });
    case 'submit':
      return targets.submit();
    case 'previousCase':
      return targets.goBack();
    case 'correct':
      return correct(targets);
    case 'skip':
      return state.payload?.allowed_actions.includes('skip') ? targets.openDialog('skip') : undefined;
    case 'flagUrgent':
      return state.payload?.allowed_actions.includes('flag') ? targets.openDialog('urgent') : undefined;
    case 'notReadable':
      if (!isEditable(state)) return;
      return state.document.not_readable ? edit({ type: 'notReadable', value: false }) : targets.openDialog('notReadable');
    case 'comment':
      return targets.comment.current?.focus();
    case 'undo':
    case 'redo':
      return dispatch({ type: command.kind });
    case 'deleteMark':
      return deleteMark(targets);
    case 'cancel':
      dispatch({ type: 'notice', notice: null });
      return viewer?.cancel();
    case 'preset': {
      const preset = targets.presets[command.index];
      return preset === undefined ? undefined : viewer?.applyPreset(preset);
    }
    case 'tool':
      return command.tool === 'box' ? startBox(targets) : viewer?.setTool(command.tool);
    case 'view':
      return viewer === null ? undefined : changeView(viewer, command.action);
    case 'scroll':
      return viewer?.scrollBy(command.delta);
    case 'scrollEnd':
      return viewer?.scrollTo(command.end === 'first' ? 0 : Number.MAX_SAFE_INTEGER);
    case 'stack':
      return stepStack(targets, command.delta);
    case 'panels':
      return targets.togglePanels();
    case 'keySheet':
      return targets.openKeys();
  }
}

function correct({ state, dispatch }: CommandTargets): void {
  if (state.phase !== 'submitted') return;
  if (state.payload?.allowed_actions.includes('amend')) dispatch({ type: 'correct' });
}

function deleteMark({ state, dispatch, viewer }: CommandTargets): void {
  if (viewer?.deleteSelectedMeasurement()) return;
  if (state.selectedBox !== null) dispatch({ type: 'edit', edit: { type: 'removeBox', id: state.selectedBox } });
}

function startBox({ state, dispatch, viewer }: CommandTargets): void {
  if (!isEditable(state)) return;
  if (boxFinding(state) === null) {
    const text = 'Whose mark will it be? Choose a finding that takes boxes first (its digit), then B.';
    dispatch({ type: 'notice', notice: { tone: 'refused', text } });
    return;
  }
  viewer?.setTool('box');
}

function changeView(viewer: ViewerController, action: ViewAction): void {
  switch (action) {
    case 'invert':
      return viewer.toggleInvert();
    case 'reset':
      return viewer.reset();
    case 'fit':
      return viewer.fit();
    case 'zoomIn':
      return viewer.zoomBy(ZOOM_STEP);
    case 'zoomOut':
      return viewer.zoomBy(1 / ZOOM_STEP);
    case 'rotate':
      return viewer.rotate();
    case 'flip':
      return viewer.flip();
  }
}

const ZOOM_STEP = 1.25;

function stepStack({ stacks, stackId, showStack }: CommandTargets, delta: number): void {
  const place = stacks.findIndex((stack) => stack.id === stackId) + delta;
  if (place >= 0 && place < stacks.length) showStack(stacks[place].id);
}

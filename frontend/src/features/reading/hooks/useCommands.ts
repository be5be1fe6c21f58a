/** Carries out the commands of the keyboard and of the buttons: one path for both. */
import { useCallback, type Dispatch } from 'react';

import { runViewCommand, type ViewTargets } from '../../../viewer/viewKeys';
import type { DialogName } from '../components/CaseDialogs';
import type { Command } from '../keyboard/keys';
import { boxFinding, isEditable } from '../session/selectors';
import type { DocumentEdit, SessionAction, SessionState } from '../session/sessionState';

const NOT_SKIPPED = 'This case cannot be skipped any more. Submit it, or mark it not readable (F).';
const NOT_FLAGGED = 'This case is not yours any more, so nothing can be flagged here. Tell the data manager yourself.';

export interface CommandTargets extends ViewTargets {
  state: SessionState;
  dispatch: Dispatch<SessionAction>;
  submit: () => void;
  goBack: () => void;
  openDialog: (name: DialogName) => void;
  openKeys: () => void;
  writeComment: () => void;
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
      return dispatch({ type: 'correct' });
    case 'skip':
      return state.payload?.allowed_actions.includes('skip') ? targets.openDialog('skip') : locked(targets, NOT_SKIPPED);
    case 'flagUrgent':
      return state.payload?.allowed_actions.includes('flag') ? targets.openDialog('urgent') : locked(targets, NOT_FLAGGED);
    case 'notReadable':
      if (!isEditable(state)) return locked(targets);
      return state.document.not_readable ? edit({ type: 'notReadable', value: false }) : targets.openDialog('notReadable');
    case 'comment':
      return isEditable(state) ? targets.writeComment() : locked(targets);
    case 'undo':
    case 'redo':
      return dispatch({ type: command.kind });
    case 'deleteMark':
      return deleteMark(targets);
    case 'cancel':
      dispatch({ type: 'notice', notice: null });
      return viewer?.cancel();
    case 'tool':
      return command.tool === 'box' ? startBox(targets) : runViewCommand(command, targets);
    case 'preset':
    case 'view':
    case 'scroll':
    case 'scrollEnd':
    case 'stack':
      return runViewCommand(command, targets);
    case 'panels':
      return targets.togglePanels();
    case 'keySheet':
      return targets.openKeys();
  }
}

/** Says why a command is refused; of a case that may be changed all the same, with the words of the command. */
function locked({ state, dispatch }: CommandTargets, text = ''): void {
  if (isEditable(state)) dispatch({ type: 'notice', notice: { tone: 'refused', text } });
  else dispatch({ type: 'locked' });
}

function deleteMark({ state, dispatch, viewer }: CommandTargets): void {
  if (viewer?.deleteSelectedMeasurement()) return;
  if (state.selectedBox !== null) dispatch({ type: 'edit', edit: { type: 'removeBox', id: state.selectedBox } });
}

function startBox(targets: CommandTargets): void {
  const { state, dispatch, viewer } = targets;
  if (!isEditable(state)) return locked(targets);
  if (boxFinding(state) === null) {
    const text = 'Whose mark will it be? Choose a finding that takes boxes first (its digit), then B.';
    dispatch({ type: 'notice', notice: { tone: 'refused', text } });
    return;
  }
  viewer?.setTool('box');
}

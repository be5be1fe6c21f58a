/** What each key does in the reading workspace. One table serves the keyboard, the key sheet and the tests. Pure. */
import type { AnswerValue, LabelSchema } from '../../../api/types';
import {
  bind,
  bound,
  commandOfKey,
  digitOf,
  drawingBindings,
  keyOf,
  VIEW_BINDINGS,
  type DrawingCommand,
  type KeyBinding,
  type KeyPress,
  type ViewCommand,
} from '../../../viewer/viewKeys';

export type Command =
  | ViewCommand
  | DrawingCommand
  | { kind: 'toggleFinding'; code: string }
  | { kind: 'answerActive'; value: AnswerValue }
  | { kind: 'answerRest' }
  | { kind: 'normal' }
  | { kind: 'submit' }
  | { kind: 'previousCase' }
  | { kind: 'correct' }
  | { kind: 'skip' }
  | { kind: 'flagUrgent' }
  | { kind: 'notReadable' }
  | { kind: 'comment' }
  | { kind: 'undo' }
  | { kind: 'redo' }
  | { kind: 'panels' }
  | { kind: 'keySheet' };

const OWN_BINDINGS: KeyBinding<Command>[] = [
  answer('p', 'present', 'Current finding present'),
  answer('u', 'uncertain', 'Current finding uncertain (after its digit)'),
  answer('x', 'absent', 'Current finding absent'),
  bind('a', 'A', 'All open findings absent', 'Answers', { kind: 'answerRest' }),
  bind('n', 'N', 'Normal: everything absent', 'Answers', { kind: 'normal' }),
  bind('c', 'C', 'Write a comment', 'Answers', { kind: 'comment' }),
  bind('Enter', 'Enter', 'Submit, or go to what is missing', 'Case', { kind: 'submit' }),
  either('[', ',', 'Back to the previous case', 'Case', { kind: 'previousCase' }),
  bind('e', 'E', 'Correct a submitted read', 'Case', { kind: 'correct' }),
  bind('k', 'K', 'Skip with a reason', 'Case', { kind: 'skip' }),
  bind('f', 'F', 'Not readable', 'Case', { kind: 'notReadable' }),
  bind('g', 'G', 'Flag an urgent or unexpected finding', 'Case', { kind: 'flagUrgent' }),
  bind('?', '?', 'These keys', 'Case', { kind: 'keySheet' }),
  either('\\', '.', 'Hide or show the panels', 'Case', { kind: 'panels' }),
  bind('b', 'B', 'Draw a box for the current finding', 'Marks', { kind: 'tool', tool: 'box' }),
  ...drawingBindings('Marks', 'mark'),
];

export const BINDINGS: KeyBinding<Command>[] = [...OWN_BINDINGS, ...VIEW_BINDINGS];

/** Keys that a label schema cannot give to a finding, because the workspace has them. */
export const RESERVED_LETTERS = BINDINGS.flatMap((binding) => binding.keys).filter((key) => /^[a-z]$/.test(key));

/** The command of a key press, or null when the browser may have it. */
export function commandOf(press: KeyPress, schema: Pick<LabelSchema, 'findings'>): Command | null {
  if ((press.ctrlKey || press.metaKey) && !press.altKey) return historyCommand(press);
  return commandOfKey(press, BINDINGS, (plain) => bound(BINDINGS, plain) ?? findingCommand(plain, schema));
}

/** What a button shows of its key, from the table that the keyboard uses; empty for a command without one. */
export function shownKey(command: Command): string {
  const same = JSON.stringify(command);
  return BINDINGS.find((binding) => JSON.stringify(binding.command) === same)?.shown ?? '';
}

function findingCommand(press: KeyPress, schema: Pick<LabelSchema, 'findings'>): Command | null {
  const hotkey = digitOf(press) ?? keyOf(press);
  const finding = schema.findings.find((entry) => entry.hotkey.toLowerCase() === hotkey);
  return finding === undefined ? null : { kind: 'toggleFinding', code: finding.code };
}

function historyCommand(press: KeyPress): Command | null {
  const key = keyOf(press);
  if (key === 'y' || (key === 'z' && press.shiftKey)) return { kind: 'redo' };
  return key === 'z' ? { kind: 'undo' } : null;
}

/** A key that needs AltGr on many keyboards, and one that needs nothing on any. */
function either(key: string, second: string, does: string, group: string, command: Command): KeyBinding<Command> {
  return { keys: [key, second], shown: `${key} ${second}`, does, group, command };
}

function answer(key: string, value: AnswerValue, does: string): KeyBinding<Command> {
  return bind(key, key.toUpperCase(), does, 'Answers', { kind: 'answerActive', value });
}

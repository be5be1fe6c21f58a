/** What each key does in the reading workspace. One table serves the keyboard, the key sheet and the tests. Pure. */
import type { AnswerValue, LabelSchema } from '../../api/types';

export type ViewAction = 'invert' | 'reset' | 'fit' | 'zoomIn' | 'zoomOut' | 'rotate' | 'flip';

export type ToolChoice = 'window' | 'pan' | 'zoom' | 'box' | 'length';

export type Command =
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
  | { kind: 'deleteMark' }
  | { kind: 'cancel' }
  | { kind: 'preset'; index: number }
  | { kind: 'tool'; tool: ToolChoice }
  | { kind: 'view'; action: ViewAction }
  | { kind: 'scroll'; delta: number }
  | { kind: 'scrollEnd'; end: 'first' | 'last' }
  | { kind: 'stack'; delta: 1 | -1 }
  | { kind: 'panels' }
  | { kind: 'keySheet' };

interface Binding {
  keys: string[];
  shown: string;
  does: string;
  group: 'Answers' | 'Case' | 'Marks' | 'Image';
  command: Command;
}

export const BINDINGS: Binding[] = [
  answer('p', 'present', 'Current finding present'),
  answer('u', 'uncertain', 'Current finding uncertain (after its digit)'),
  answer('x', 'absent', 'Current finding absent'),
  bind('a', 'A', 'All open findings absent', 'Answers', { kind: 'answerRest' }),
  bind('n', 'N', 'Normal: everything absent', 'Answers', { kind: 'normal' }),
  bind('c', 'C', 'Write a comment', 'Answers', { kind: 'comment' }),
  bind('Enter', 'Enter', 'Submit, or go to what is missing', 'Case', { kind: 'submit' }),
  bind('[', '[', 'Back to the previous case', 'Case', { kind: 'previousCase' }),
  bind('e', 'E', 'Correct a submitted read', 'Case', { kind: 'correct' }),
  bind('k', 'K', 'Skip with a reason', 'Case', { kind: 'skip' }),
  bind('f', 'F', 'Not readable', 'Case', { kind: 'notReadable' }),
  bind('g', 'G', 'Flag an urgent or unexpected finding', 'Case', { kind: 'flagUrgent' }),
  bind('?', '?', 'These keys', 'Case', { kind: 'keySheet' }),
  bind('\\', '\\', 'Hide or show the panels', 'Case', { kind: 'panels' }),
  bind('b', 'B', 'Draw a box for the current finding', 'Marks', { kind: 'tool', tool: 'box' }),
  bind('l', 'L', 'Measure a length', 'Marks', { kind: 'tool', tool: 'length' }),
  { ...bind('Delete', 'Del', 'Delete the selected mark', 'Marks', { kind: 'deleteMark' }), keys: ['Delete', 'Backspace'] },
  bind('Escape', 'Esc', 'Give up the mark being drawn', 'Marks', { kind: 'cancel' }),
  bind('w', 'W', 'Left button: window', 'Image', { kind: 'tool', tool: 'window' }),
  bind('m', 'M', 'Left button: move (or middle button)', 'Image', { kind: 'tool', tool: 'pan' }),
  bind('z', 'Z', 'Left button: zoom (or right button)', 'Image', { kind: 'tool', tool: 'zoom' }),
  view('i', 'I', 'Invert', 'invert'),
  view(' ', 'Space', 'Reset the view', 'reset'),
  view('=', '=', 'Fit to the window', 'fit'),
  view('+', '+', 'Larger', 'zoomIn'),
  view('-', '−', 'Smaller', 'zoomOut'),
  view('r', 'R', 'Turn by 90°', 'rotate'),
  view('h', 'H', 'Mirror', 'flip'),
  bind('ArrowUp', '↑', 'Previous image of the stack', 'Image', { kind: 'scroll', delta: -1 }),
  bind('ArrowDown', '↓', 'Next image of the stack', 'Image', { kind: 'scroll', delta: 1 }),
  bind('Home', 'Home', 'First image of the stack', 'Image', { kind: 'scrollEnd', end: 'first' }),
  bind('End', 'End', 'Last image of the stack', 'Image', { kind: 'scrollEnd', end: 'last' }),
  bind('PageUp', 'Page ↑', 'Previous series or view', 'Image', { kind: 'stack', delta: -1 }),
  bind('PageDown', 'Page ↓', 'Next series or view', 'Image', { kind: 'stack', delta: 1 }),
];

/** Keys that a label schema cannot give to a finding, because the workspace has them. */
export const RESERVED_LETTERS = BINDINGS.flatMap((binding) => binding.keys).filter((key) => /^[a-z]$/.test(key));

export interface KeyPress {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** The command of a key press, or null when the browser may have it. */
export function commandOf(press: KeyPress, schema: LabelSchema): Command | null {
  if (press.altKey) return null;
  if (press.ctrlKey || press.metaKey) return historyCommand(press);
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(press.code)?.[1];
  if (press.shiftKey && digit !== undefined) return { kind: 'preset', index: Number(digit) - 1 };
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const own = BINDINGS.find((binding) => binding.keys.includes(key));
  if (own !== undefined) return own.command;
  const finding = schema.findings.find((entry) => entry.hotkey.toLowerCase() === (digit ?? key));
  return finding === undefined ? null : { kind: 'toggleFinding', code: finding.code };
}

function historyCommand(press: KeyPress): Command | null {
  const key = press.key.toLowerCase();
  if (key === 'y' || (key === 'z' && press.shiftKey)) return { kind: 'redo' };
  return key === 'z' ? { kind: 'undo' } : null;
}

function bind(key: string, shown: string, does: string, group: Binding['group'], command: Command): Binding {
  return { keys: [key], shown, does, group, command };
}

function answer(key: string, value: AnswerValue, does: string): Binding {
  return bind(key, key.toUpperCase(), does, 'Answers', { kind: 'answerActive', value });
}

function view(key: string, shown: string, does: string, action: ViewAction): Binding {
  return bind(key, shown, does, 'Image', { kind: 'view', action });
}

/** What each key does in the adjudication view. Pure. */
import type { AnswerValue } from '../../api/types';
import type { KeyGroup } from '../../components/dialogs/KeySheet';
import {
  bind,
  bound,
  commandOfKey,
  digitOf,
  drawingBindings,
  keyOf,
  PRESETS_LINE,
  VIEW_BINDINGS,
  type DrawingCommand,
  type KeyBinding,
  type KeyPress,
  type ViewCommand,
} from '../../viewer/viewKeys';
import { REASONS } from './reasons';

export type Command =
  | ViewCommand
  | DrawingCommand
  | { kind: 'toggleReader'; label: string }
  | { kind: 'takeMarks'; label: string }
  | { kind: 'solo' }
  | { kind: 'zoomToMarks' }
  | { kind: 'value'; value: AnswerValue }
  | { kind: 'reason'; reason: string }
  | { kind: 'go'; delta: 1 | -1 }
  | { kind: 'submit' }
  | { kind: 'sendBack' }
  | { kind: 'correct' }
  | { kind: 'release' }
  | { kind: 'keySheet' };

const VALUES: Record<string, AnswerValue> = { '1': 'present', '2': 'absent', '3': 'uncertain' };

/** Digits of the values come first; those of the reasons follow. */
const FIRST_REASON_DIGIT = 4;

const BINDINGS: KeyBinding<Command>[] = [
  bind('Enter', 'Enter', 'Next finding; submit when all are decided', 'Decide', { kind: 'submit' }),
  bind('ArrowLeft', '←', 'Previous finding', 'Decide', { kind: 'go', delta: -1 }),
  bind('ArrowRight', '→', 'Next finding', 'Decide', { kind: 'go', delta: 1 }),
  bind('s', 'S', 'Send back to a reader with a question; take it back', 'Decide', { kind: 'sendBack' }),
  bind('u', 'U', 'Correct the decision, within ten minutes', 'Decide', { kind: 'correct' }),
  bind('g', 'G', 'Give the case back', 'Decide', { kind: 'release' }),
  bind('?', '?', 'These keys', 'Decide', { kind: 'keySheet' }),
  bind('Tab', 'Tab', 'Zoom to the marks of the finding, and back', 'Reads', { kind: 'zoomToMarks' }),
  bind('x', 'X', 'One reader alone, then the next, then all', 'Reads', { kind: 'solo' }),
  bind('o', 'O', 'Draw a box of your own', 'Reads', { kind: 'tool', tool: 'box' }),
  ...drawingBindings('Reads', 'box of yours'),
  ...VIEW_BINDINGS,
];

export function reasonDigit(index: number): string {
  return String(FIRST_REASON_DIGIT + index);
}

/** The letter of a read is its key, unless it is that of another command: of many reads the later ones have none. */
export function hasKey(label: string): boolean {
  return bound(BINDINGS, { key: label }) === null;
}

/** `labels` are the letters of the reads: A, B, C. A letter shows or hides a read; with shift its marks are taken. */
export function commandOf(press: KeyPress, labels: string[]): Command | null {
  return commandOfKey(press, BINDINGS, (plain) => readCommand(plain, labels) ?? digitCommand(plain));
}

function readCommand(press: KeyPress, labels: string[]): Command | null {
  const label = labels.filter(hasKey).find((letter) => letter.toLowerCase() === keyOf(press));
  return label === undefined ? null : { kind: press.shiftKey ? 'takeMarks' : 'toggleReader', label };
}

function digitCommand(press: KeyPress): Command | null {
  const digit = digitOf(press);
  if (digit === null) return null;
  if (VALUES[digit] !== undefined) return { kind: 'value', value: VALUES[digit] };
  const reason = REASONS[Number(digit) - FIRST_REASON_DIGIT];
  return reason === undefined ? null : { kind: 'reason', reason };
}

export function keyGroups(labels: string[]): KeyGroup[] {
  const values = Object.entries(VALUES).map(([shown, value]) => ({ shown, does: `Decide ${value}` }));
  const reasons = REASONS.map((reason, index) => ({ shown: reasonDigit(index), does: `Reason: ${reason}` }));
  const readers = labels.filter(hasKey).flatMap((label) => [
    { shown: label, does: `Show or hide read ${label}` },
    { shown: `⇧ ${label}`, does: `Take the marks of ${label}` },
  ]);
  const lines = (group: string) => BINDINGS.filter((binding) => binding.group === group);
  return [
    { name: 'Decide', lines: [...values, ...reasons, ...lines('Decide')] },
    { name: 'Reads', lines: [...readers, ...lines('Reads')] },
    { name: 'Image', lines: [...lines('Image'), PRESETS_LINE] },
  ];
}

/** What each key does in the adjudication view. Pure. */
import type { AnswerValue } from '../../api/types';
import type { KeyGroup } from '../../components/dialogs/KeySheet';
import {
  bound,
  digitOf,
  isAltSymbol,
  keyOf,
  presetOf,
  VIEW_BINDINGS,
  type KeyBinding,
  type KeyPress,
  type ViewCommand,
} from '../../viewer/viewKeys';
import { REASONS } from './reasons';

export type Command =
  | ViewCommand
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
  | { kind: 'deleteMark' }
  | { kind: 'cancel' }
  | { kind: 'keySheet' };

const VALUES: Record<string, AnswerValue> = { '1': 'present', '2': 'absent', '3': 'uncertain' };

/** Digits of the values come first; those of the reasons follow. */
const FIRST_REASON_DIGIT = 4;

const BINDINGS: KeyBinding<Command>[] = [
  bind('Enter', 'Enter', 'Next finding; submit when all are decided', 'Decide', { kind: 'submit' }),
  bind('ArrowLeft', '←', 'Previous finding', 'Decide', { kind: 'go', delta: -1 }),
  bind('ArrowRight', '→', 'Next finding', 'Decide', { kind: 'go', delta: 1 }),
  bind('s', 'S', 'Send back to a reader with a question; take it back', 'Decide', { kind: 'sendBack' }),
  bind('e', 'E', 'Correct the decision, within ten minutes', 'Decide', { kind: 'correct' }),
  bind('g', 'G', 'Give the case back', 'Decide', { kind: 'release' }),
  bind('?', '?', 'These keys', 'Decide', { kind: 'keySheet' }),
  bind('Tab', 'Tab', 'Zoom to the marks of the finding, and back', 'Reads', { kind: 'zoomToMarks' }),
  bind('x', 'X', 'One reader alone, then the next, then all', 'Reads', { kind: 'solo' }),
  bind('o', 'O', 'Draw a box of your own', 'Reads', { kind: 'tool', tool: 'box' }),
  { ...bind('Delete', 'Del', 'Delete the selected box of yours', 'Reads', { kind: 'deleteMark' }), keys: ['Delete', 'Backspace'] },
  bind('Escape', 'Esc', 'Give up the box being drawn', 'Reads', { kind: 'cancel' }),
  ...VIEW_BINDINGS,
];

export function reasonDigit(index: number): string {
  return String(FIRST_REASON_DIGIT + index);
}

/** `labels` are the letters of the reads: A, B, C. A letter shows or hides a read; with shift its marks are taken. */
export function commandOf(press: KeyPress, labels: string[]): Command | null {
  if (isAltSymbol(press)) return bound(BINDINGS, press);
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  const preset = presetOf(press);
  if (preset !== null) return preset;
  const key = keyOf(press);
  const label = labels.find((letter) => letter.toLowerCase() === key);
  if (label !== undefined) return { kind: press.shiftKey ? 'takeMarks' : 'toggleReader', label };
  const digit = digitOf(press);
  if (digit !== null && VALUES[digit] !== undefined) return { kind: 'value', value: VALUES[digit] };
  const reason = digit === null ? undefined : REASONS[Number(digit) - FIRST_REASON_DIGIT];
  if (reason !== undefined) return { kind: 'reason', reason };
  return bound(BINDINGS, press);
}

export function keyGroups(labels: string[]): KeyGroup[] {
  const values = Object.entries(VALUES).map(([shown, value]) => ({ shown, does: `Decide ${value}` }));
  const reasons = REASONS.map((reason, index) => ({ shown: reasonDigit(index), does: `Reason: ${reason}` }));
  const readers = labels.flatMap((label) => [
    { shown: label, does: `Show or hide read ${label}` },
    { shown: `⇧ ${label}`, does: `Take the marks of ${label}` },
  ]);
  const lines = (group: string) => BINDINGS.filter((binding) => binding.group === group);
  return [
    { name: 'Decide', lines: [...values, ...reasons, ...lines('Decide')] },
    { name: 'Reads', lines: [...readers, ...lines('Reads')] },
    { name: 'Image', lines: [...lines('Image'), { shown: '⇧ 1–9', does: 'Window presets' }] },
  ];
}

function bind(key: string, shown: string, does: string, group: string, command: Command): KeyBinding<Command> {
  return { keys: [key], shown, does, group, command };
}

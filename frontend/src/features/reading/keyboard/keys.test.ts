import { describe, expect, it } from 'vitest';

import { schema } from '../../../testing/payloads';
import type { KeyPress } from '../../../viewer/viewKeys';
import { BINDINGS, commandOf, RESERVED_LETTERS, shownKey, type Command } from './keys';

function press(key: string, part: Partial<KeyPress> = {}): KeyPress {
  const code = /^[1-9]$/.test(key) ? `Digit${key}` : '';
  return { key, code, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...part };
}

describe('keys', () => {
  it('gives each key to one command only', () => {
    const keys = BINDINGS.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('gives digits to findings, on the keypad too', () => {
    expect(commandOf(press('1'), schema)).toEqual({ kind: 'toggleFinding', code: 'nodule' });
    expect(commandOf(press('2', { code: 'Numpad2' }), schema)).toEqual({ kind: 'toggleFinding', code: 'effusion' });
    expect(commandOf(press('9'), schema)).toBeNull();
  });

  it('gives shift and digit to window presets on any keyboard layout', () => {
    expect(commandOf(press('!', { code: 'Digit1', shiftKey: true }), schema)).toEqual({ kind: 'preset', index: 0 });
    expect(commandOf(press('"', { code: 'Digit2', shiftKey: true }), schema)).toEqual({ kind: 'preset', index: 1 });
  });

  it('takes a letter of the schema that the workspace does not use', () => {
    expect(commandOf(press('d'), schema)).toEqual({ kind: 'toggleFinding', code: 'device' });
    expect(RESERVED_LETTERS).not.toContain('d');
  });

  it.each([
    ['a', { kind: 'answerRest' }],
    ['N', { kind: 'normal' }],
    ['u', { kind: 'answerActive', value: 'uncertain' }],
    ['Enter', { kind: 'submit' }],
    ['[', { kind: 'previousCase' }],
    ['i', { kind: 'view', action: 'invert' }],
    [' ', { kind: 'view', action: 'reset' }],
    ['Backspace', { kind: 'deleteMark' }],
    ['g', { kind: 'flagUrgent' }],
  ])('%s', (key, command) => {
    expect(commandOf(press(key), schema)).toEqual(command);
  });

  it.each([
    ['Windows', { ctrlKey: true, altKey: true, getModifierState: (name: string) => name === 'AltGraph' }],
    ['Linux', { getModifierState: (name: string) => name === 'AltGraph' }],
    ['a Mac', { altKey: true }],
  ])('takes symbols that need AltGr, as %s sends them', (_system, modifiers) => {
    expect(commandOf(press('[', { code: 'Digit8', ...modifiers }), schema)).toEqual({ kind: 'previousCase' });
    expect(commandOf(press('\\', { code: 'Minus', ...modifiers }), schema)).toEqual({ kind: 'panels' });
    expect(commandOf(press('{', { code: 'Digit1', ...modifiers }), schema)).toBeNull();
  });

  it('has a second key for them that every keyboard has', () => {
    expect(commandOf(press(','), schema)).toEqual({ kind: 'previousCase' });
    expect(commandOf(press('['), { findings: [] })).toEqual({ kind: 'previousCase' });
    expect(commandOf(press('.'), schema)).toEqual({ kind: 'panels' });
  });

  it.each<Command>([
    { kind: 'answerActive', value: 'present' },
    { kind: 'answerActive', value: 'absent' },
    { kind: 'answerActive', value: 'uncertain' },
    { kind: 'answerRest' },
    { kind: 'normal' },
    { kind: 'skip' },
    { kind: 'flagUrgent' },
    { kind: 'notReadable' },
    { kind: 'correct' },
  ])('shows on the button of $kind $value the key that does it', (command) => {
    expect(commandOf(press(shownKey(command)), schema)).toEqual(command);
  });

  it('undoes and redoes, and leaves the other keys of the browser alone', () => {
    expect(commandOf(press('z', { ctrlKey: true }), schema)).toEqual({ kind: 'undo' });
    expect(commandOf(press('Z', { metaKey: true, shiftKey: true }), schema)).toEqual({ kind: 'redo' });
    expect(commandOf(press('y', { ctrlKey: true }), schema)).toEqual({ kind: 'redo' });
    expect(commandOf(press('r', { ctrlKey: true }), schema)).toBeNull();
    expect(commandOf(press('a', { altKey: true }), schema)).toBeNull();
  });
});

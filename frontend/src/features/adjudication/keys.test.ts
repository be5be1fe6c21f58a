import { describe, expect, it } from 'vitest';

import { commandOf, keyGroups } from './keys';
import { REASONS } from './reasons';

function press(key: string, code = '', shiftKey = false) {
  return { key, code, shiftKey, ctrlKey: false, metaKey: false, altKey: false };
}

describe('keys of the adjudication view', () => {
  it.each([
    [press('a'), { kind: 'toggleReader', label: 'A' }],
    [press('B', '', true), { kind: 'takeMarks', label: 'B' }],
    [press('1', 'Digit1'), { kind: 'value', value: 'present' }],
    [press('2', 'Numpad2'), { kind: 'value', value: 'absent' }],
    [press('4', 'Digit4'), { kind: 'reason', reason: REASONS[0] }],
    [press('!', 'Digit1', true), { kind: 'preset', index: 0 }],
    [press('Tab'), { kind: 'zoomToMarks' }],
    [press('x'), { kind: 'solo' }],
    [press('i'), { kind: 'view', action: 'invert' }],
  ])('%o', (given, command) => {
    expect(commandOf(given, ['A', 'B'])).toEqual(command);
  });

  it.each([
    [press('e'), { kind: 'toggleReader', label: 'E' }],
    [press('E', '', true), { kind: 'takeMarks', label: 'E' }],
    [press('g'), { kind: 'release' }],
    [press('h'), { kind: 'view', action: 'flip' }],
    [press('u'), { kind: 'correct' }],
  ])('of many reads takes no key from another command: %o', (given, command) => {
    expect(commandOf(given, [...'ABCDEFGHIJ'])).toEqual(command);
  });

  it('lists each key once', () => {
    const shown = keyGroups([...'ABCDEFGHIJ']).flatMap(({ lines }) => lines.map((line) => line.shown));
    expect(shown.filter((key, index) => shown.indexOf(key) !== index)).toEqual([]);
  });

  it('leaves letters alone that name no read', () => {
    expect(commandOf(press('d'), ['A', 'B'])).toBeNull();
  });
});

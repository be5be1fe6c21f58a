/** How a key press becomes a command, and the keys that every workspace has: how an image is shown (close to OHIF's), and marks. */
import type { WindowPreset } from '../api/types';
import type { ViewerController } from './controller';
import type { LeftTool } from './store';

export type ViewAction = 'invert' | 'reset' | 'fit' | 'zoomIn' | 'zoomOut' | 'rotate' | 'flip';

export type ViewCommand =
  | { kind: 'preset'; index: number }
  | { kind: 'tool'; tool: LeftTool }
  | { kind: 'view'; action: ViewAction }
  | { kind: 'scroll'; delta: number }
  | { kind: 'scrollEnd'; end: 'first' | 'last' }
  | { kind: 'stack'; delta: 1 | -1 };

/** One line of a key sheet, and what the key does. */
export interface KeyBinding<C> {
  keys: string[];
  shown: string;
  does: string;
  group: string;
  command: C;
}

export interface KeyPress {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  getModifierState?: (name: string) => boolean;
}

export const VIEW_BINDINGS: KeyBinding<ViewCommand>[] = [
  image('w', 'W', 'Left button: window', { kind: 'tool', tool: 'window' }),
  image('m', 'M', 'Left button: move (or middle button)', { kind: 'tool', tool: 'pan' }),
  image('z', 'Z', 'Left button: zoom (or right button)', { kind: 'tool', tool: 'zoom' }),
  image('l', 'L', 'Measure a length', { kind: 'tool', tool: 'length' }),
  view('i', 'I', 'Invert', 'invert'),
  view(' ', 'Space', 'Reset the view', 'reset'),
  view('=', '=', 'Fit to the window', 'fit'),
  view('+', '+', 'Larger', 'zoomIn'),
  view('-', '−', 'Smaller', 'zoomOut'),
  view('r', 'R', 'Turn by 90°', 'rotate'),
  view('h', 'H', 'Mirror', 'flip'),
  image('ArrowUp', '↑', 'Previous image of the stack', { kind: 'scroll', delta: -1 }),
  image('ArrowDown', '↓', 'Next image of the stack', { kind: 'scroll', delta: 1 }),
  image('Home', 'Home', 'First image of the stack', { kind: 'scrollEnd', end: 'first' }),
  image('End', 'End', 'Last image of the stack', { kind: 'scrollEnd', end: 'last' }),
  image('PageUp', 'Page ↑', 'Previous series or view', { kind: 'stack', delta: -1 }),
  image('PageDown', 'Page ↓', 'Next series or view', { kind: 'stack', delta: 1 }),
];

/** On every key sheet: these presses are found by their digit, see `presetOf`. */
export const PRESETS_LINE = { shown: '⇧ 1–9', does: 'Window presets' };

const ZOOM_STEP = 1.25;

/** Digit of a key press, also on the keypad and with shift on any keyboard layout. */
export function digitOf(press: KeyPress): string | null {
  return /^(?:Digit|Numpad)([1-9])$/.exec(press.code)?.[1] ?? null;
}

/** Letters in lower case, named keys as they are. */
export function keyOf(press: Pick<KeyPress, 'key'>): string {
  return press.key.length === 1 ? press.key.toLowerCase() : press.key;
}

/**
 * A symbol typed with AltGr, or Option on a Mac, as `[` and `\\` are on many keyboards. It is that symbol and nothing else:
 * neither a combination with Alt, nor the digit whose key carries it.
 */
export function isAltSymbol(press: KeyPress): boolean {
  const isAlt = press.altKey || press.getModifierState?.('AltGraph') === true;
  return isAlt && /^[^\sa-z0-9]$/i.test(press.key);
}

/** The command bound to the key itself, or null. */
export function bound<C>(bindings: KeyBinding<C>[], press: Pick<KeyPress, 'key'>): C | null {
  const key = keyOf(press);
  return bindings.find((binding) => binding.keys.includes(key))?.command ?? null;
}

/** Shift and a digit choose a window preset everywhere. */
function presetOf(press: KeyPress): ViewCommand | null {
  const digit = digitOf(press);
  return press.shiftKey && digit !== null ? { kind: 'preset', index: Number(digit) - 1 } : null;
}

/** The command of a key press, or null when the browser may have it. `first` are keys that no table lists, as those of findings. */
export function commandOfKey<C>(
  press: KeyPress,
  bindings: KeyBinding<C | ViewCommand>[],
  first: (press: KeyPress) => C | ViewCommand | null = () => null,
): C | ViewCommand | null {
  if (isAltSymbol(press)) return bound(bindings, press);
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  return presetOf(press) ?? first(press) ?? bound(bindings, press);
}

/** Where the page has no keys of its own. */
export function viewCommandOf(press: KeyPress): ViewCommand | null {
  return commandOfKey(press, VIEW_BINDINGS);
}

/** A held key may scroll and zoom; it must not answer, submit or undo by the dozen. */
export function mayRepeat(kind: string): boolean {
  return kind === 'scroll' || kind === 'view';
}

export interface ViewTargets {
  viewer: ViewerController | null;
  presets: WindowPreset[];
  stackIds: string[];
  stackId: string | null;
  showStack: (id: string) => void;
}

export function runViewCommand(command: ViewCommand, targets: ViewTargets): void {
  const { viewer, presets, stackIds, stackId, showStack } = targets;
  if (viewer === null) return;
  switch (command.kind) {
    case 'preset':
      if (presets[command.index] !== undefined) viewer.applyPreset(presets[command.index]);
      return;
    case 'tool':
      return viewer.setTool(command.tool);
    case 'view':
      return changeView(viewer, command.action);
    case 'scroll':
      return viewer.scrollBy(command.delta);
    case 'scrollEnd':
      return viewer.scrollTo(command.end === 'first' ? 0 : Number.MAX_SAFE_INTEGER);
    case 'stack': {
      const target = stackIds[stackIds.findIndex((id) => id === stackId) + command.delta];
      if (target !== undefined) showStack(target);
    }
  }
}

function changeView(viewer: ViewerController, action: ViewAction): void {
  switch (action) {
    case 'invert':
      return viewer.toggleInvert();
    case 'reset':
      return viewer.reset();
    case 'fit':
      return viewer.camera.fit();
    case 'zoomIn':
      return viewer.camera.zoomBy(ZOOM_STEP);
    case 'zoomOut':
      return viewer.camera.zoomBy(1 / ZOOM_STEP);
    case 'rotate':
      return viewer.camera.rotate();
    case 'flip':
      return viewer.camera.flip();
  }
}

export function bind<C>(key: string, shown: string, does: string, group: string, command: C): KeyBinding<C> {
  return { keys: [key], shown, does, group, command };
}

export type DrawingCommand = { kind: 'deleteMark' } | { kind: 'cancel' };

/** Keys for what is drawn by hand; `mark` is what it is called there. */
export function drawingBindings(group: string, mark: string): KeyBinding<DrawingCommand>[] {
  return [
    { ...bind<DrawingCommand>('Delete', 'Del', `Delete the selected ${mark}`, group, { kind: 'deleteMark' }), keys: ['Delete', 'Backspace'] },
    bind<DrawingCommand>('Escape', 'Esc', `Give up the ${mark} being drawn`, group, { kind: 'cancel' }),
  ];
}

function image(key: string, shown: string, does: string, command: ViewCommand): KeyBinding<ViewCommand> {
  return bind(key, shown, does, 'Image', command);
}

function view(key: string, shown: string, does: string, action: ViewAction): KeyBinding<ViewCommand> {
  return image(key, shown, does, { kind: 'view', action });
}

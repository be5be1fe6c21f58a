/** The keys that change how an image is shown, the same in every workspace; close to those of OHIF. */
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
  bind('w', 'W', 'Left button: window', { kind: 'tool', tool: 'window' }),
  bind('m', 'M', 'Left button: move (or middle button)', { kind: 'tool', tool: 'pan' }),
  bind('z', 'Z', 'Left button: zoom (or right button)', { kind: 'tool', tool: 'zoom' }),
  bind('l', 'L', 'Measure a length', { kind: 'tool', tool: 'length' }),
  view('i', 'I', 'Invert', 'invert'),
  view(' ', 'Space', 'Reset the view', 'reset'),
  view('=', '=', 'Fit to the window', 'fit'),
  view('+', '+', 'Larger', 'zoomIn'),
  view('-', '−', 'Smaller', 'zoomOut'),
  view('r', 'R', 'Turn by 90°', 'rotate'),
  view('h', 'H', 'Mirror', 'flip'),
  bind('ArrowUp', '↑', 'Previous image of the stack', { kind: 'scroll', delta: -1 }),
  bind('ArrowDown', '↓', 'Next image of the stack', { kind: 'scroll', delta: 1 }),
  bind('Home', 'Home', 'First image of the stack', { kind: 'scrollEnd', end: 'first' }),
  bind('End', 'End', 'Last image of the stack', { kind: 'scrollEnd', end: 'last' }),
  bind('PageUp', 'Page ↑', 'Previous series or view', { kind: 'stack', delta: -1 }),
  bind('PageDown', 'Page ↓', 'Next series or view', { kind: 'stack', delta: 1 }),
];

const ZOOM_STEP = 1.25;

/** Digit of a key press, also on the keypad and with shift on any keyboard layout. */
export function digitOf(press: KeyPress): string | null {
  return /^(?:Digit|Numpad)([1-9])$/.exec(press.code)?.[1] ?? null;
}

/** Letters in lower case, named keys as they are. */
export function keyOf(press: KeyPress): string {
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
export function bound<C>(bindings: KeyBinding<C>[], press: KeyPress): C | null {
  const key = keyOf(press);
  return bindings.find((binding) => binding.keys.includes(key))?.command ?? null;
}

/** Shift and a digit choose a window preset everywhere. */
export function presetOf(press: KeyPress): ViewCommand | null {
  const digit = digitOf(press);
  return press.shiftKey && digit !== null ? { kind: 'preset', index: Number(digit) - 1 } : null;
}

/** The view command of a key press where the page has no other keys. */
export function viewCommandOf(press: KeyPress): ViewCommand | null {
  if (isAltSymbol(press)) return bound(VIEW_BINDINGS, press);
  if (press.altKey || press.ctrlKey || press.metaKey) return null;
  return presetOf(press) ?? bound(VIEW_BINDINGS, press);
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

function bind(key: string, shown: string, does: string, command: ViewCommand): KeyBinding<ViewCommand> {
  return { keys: [key], shown, does, group: 'Image', command };
}

function view(key: string, shown: string, does: string, action: ViewAction): KeyBinding<ViewCommand> {
  return bind(key, shown, does, { kind: 'view', action });
}

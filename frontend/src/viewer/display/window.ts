/**
 * Windows as headers say them, and the values that they draw black and white (PS3.3 C.11.2.1.2.1, C.11.2.1.3). Values are
 * those after the modality transformation. Pure.
 */

export type WindowFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID' | 'LUT';

/** Centre and width mean what the function makes of them; those of a table span its entries. */
export interface GreyWindow {
  center: number;
  width: number;
  function: WindowFunction;
}

/** The values that become black and white; of a sigmoid and a table, those by which the library keeps centre and width. */
export interface GreyRange {
  lower: number;
  upper: number;
}

export function rangeOf({ center, width, function: kind }: GreyWindow): GreyRange {
  const middle = center - extraOf(kind) / 2;
  const half = (width - extraOf(kind)) / 2;
  return { lower: middle - half, upper: middle + half };
}

/** The way back: the window of a function that has these ends. */
export function windowOf({ lower, upper }: GreyRange, kind: WindowFunction): GreyWindow {
  return { center: (lower + upper + extraOf(kind)) / 2, width: upper - lower + extraOf(kind), function: kind };
}

/** What a width has beyond the distance of its ends: LINEAR counts both of them, LINEAR_EXACT measures from one to the other. */
function extraOf(kind: WindowFunction): number {
  return kind === 'LINEAR_EXACT' ? 0 : 1;
}

/** Width and centre as they are written: one place behind the point, and as many as tell a thousandth of the width. */
export function windowText({ center, width }: Pick<GreyWindow, 'center' | 'width'>): { width: string; center: string } {
  const places = Math.min(Math.max(1, 3 - Math.floor(Math.log10(width))), 20);
  const text = (value: number) => String(Number(value.toFixed(places))).replace('-', '\u2212');
  return { width: text(width), center: text(center) };
}

/** The name of a function that is not what everybody takes for granted. */
export function functionText({ function: kind }: Pick<GreyWindow, 'function'>): string {
  return kind === 'LINEAR' ? '' : kind;
}

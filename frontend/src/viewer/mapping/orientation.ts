/** Letters at the edges of a cross-section: where the patient's right, left, front, back, head and feet lie. Pure. */
import type { DicomJson } from '../images/metadata';
import type { ImagePlane, Vec3 } from './plane';

export interface EdgeLetters {
  left: string;
  right: string;
  top: string;
  bottom: string;
}

/** Directions of the LPS system (PS3.3 C.7.6.2.1.1) as letters: positive, negative. */
const LETTERS: [string, string][] = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
];

/** Components under this share of the direction are not worth a letter. */
const MIN_SHARE = 0.25;

export function edgeLetters(plane: ImagePlane): EdgeLetters {
  return {
    left: lettersOf(negate(plane.rowCosines)),
    right: lettersOf(plane.rowCosines),
    top: lettersOf(negate(plane.columnCosines)),
    bottom: lettersOf(plane.columnCosines),
  };
}

/** Patient Orientation of a film: towards what its rows and its columns run (PS3.3 C.7.6.1.1.1). */
export function directionsOf(instance: DicomJson): [string, string] | null {
  const [rows, columns] = instance['00200020']?.Value ?? [];
  const isKnown = (value: unknown): value is string => typeof value === 'string' && /^[APRLHF]{1,3}$/.test(value);
  return isKnown(rows) && isKnown(columns) ? [rows, columns] : null;
}

/** The letters of a film, which lies in no plane of the patient and says only towards what its sides look. */
export function filmLetters([rows, columns]: [string, string]): EdgeLetters {
  return { left: oppositeOf(rows), right: rows, top: oppositeOf(columns), bottom: columns };
}

const OPPOSITES: Record<string, string> = Object.fromEntries(LETTERS.flatMap(([a, b]) => [[a, b], [b, a]]));

function oppositeOf(letters: string): string {
  return [...letters].map((letter) => OPPOSITES[letter]).join('');
}

function lettersOf(direction: Vec3): string {
  return direction
    .map((value, axis) => ({ size: Math.abs(value), letter: LETTERS[axis][value > 0 ? 0 : 1] }))
    .filter(({ size }) => size >= MIN_SHARE)
    .sort((a, b) => b.size - a.size)
    .map(({ letter }) => letter)
    .join('');
}

function negate(direction: Vec3): Vec3 {
  return [-direction[0], -direction[1], -direction[2]];
}

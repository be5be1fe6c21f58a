/** Letters at the edges of an image: where the patient's right, left, front, back, head and feet lie. Pure. */
import type { DicomJson } from '../images/metadata';
import type { Vec3 } from './plane';

export type Edge = 'left' | 'right' | 'top' | 'bottom';

export type EdgeLetters = Record<Edge, string>;

/** Towards which edges of the view the rows and the columns of the image on it run. */
export interface Runs {
  rows: Edge;
  columns: Edge;
}

/** As an image lies that is neither turned nor mirrored. */
export const UPRIGHT: Runs = { rows: 'right', columns: 'bottom' };

const OPPOSITE_EDGES: Record<Edge, Edge> = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' };

/** Directions of the LPS system (PS3.3 C.7.6.2.1.1) as letters: positive, negative. */
const AXES: [string, string][] = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
];

/** Components under this share of the direction are not worth a letter. */
const MIN_SHARE = 0.25;

/** Images that lie in no plane of the patient; some carry a plane all the same, as filler. The server knows the same ones. */
const PROJECTIONS = /^(CR|DX|RG|MG|IO|PX|XA|RF)$/;

/**
 * The letters that the file gives a frame, counted from 1: those of its plane, or of Patient Orientation. None where it
 * says neither, and none where the two contradict each other.
 */
export function lettersOf(instance: DicomJson, frame: number): EdgeLetters | null {
  const cosines = orientationOf(instance, frame);
  const ofPlane = cosines === null ? null : planeLetters(cosines);
  const said = saidLetters(instance);
  if (ofPlane === null || said === null) return ofPlane ?? said;
  const agree = ofPlane.right.includes(said.right[0]) && ofPlane.bottom.includes(said.bottom[0]);
  return agree ? ofPlane : null;
}

/** The letters at the edges of the view, however the image lies on it. */
export function seenLetters(letters: EdgeLetters, { rows, columns }: Runs): EdgeLetters {
  return {
    [rows]: letters.right,
    [OPPOSITE_EDGES[rows]]: letters.left,
    [columns]: letters.bottom,
    [OPPOSITE_EDGES[columns]]: letters.top,
  } as EdgeLetters;
}

/** The edge towards which something runs on the screen, where y grows downwards. */
export function edgeTowards([x, y]: [number, number]): Edge {
  if (Math.abs(x) >= Math.abs(y)) return x > 0 ? 'right' : 'left';
  return y > 0 ? 'bottom' : 'top';
}

/** Direction cosines of a row and a column as the file says them (PS3.3 C.7.6.2, C.7.6.16.2.4), none of LabelHub's own. */
function orientationOf(instance: DicomJson, frame: number): number[] | null {
  const groups = instance['52009230']?.Value as DicomJson[] | undefined;
  if (groups !== undefined) {
    const [group] = (groups[frame - 1]?.['00209116']?.Value ?? []) as DicomJson[];
    return sixNumbers(group?.['00200037']?.Value);
  }
  const { labelhub_added: added = [] } = instance as unknown as { labelhub_added?: string[] };
  const isProjection = PROJECTIONS.test(String(instance['00080060']?.Value?.[0]));
  return isProjection || added.includes('00200037') ? null : sixNumbers(instance['00200037']?.Value);
}

function sixNumbers(values: unknown[] | undefined): number[] | null {
  const numbers = (values ?? []).filter((value) => typeof value === 'number');
  return numbers.length === 6 ? numbers : null;
}

function planeLetters(cosines: number[]): EdgeLetters {
  const [right, bottom] = [cosines.slice(0, 3), cosines.slice(3)] as [Vec3, Vec3];
  return {
    left: directionLetters(negate(right)),
    right: directionLetters(right),
    top: directionLetters(negate(bottom)),
    bottom: directionLetters(bottom),
  };
}

/** Patient Orientation says towards what the rows and the columns run (PS3.3 C.7.6.1.1.1). */
function saidLetters(instance: DicomJson): EdgeLetters | null {
  const [rows, columns] = instance['00200020']?.Value ?? [];
  if (!isDirection(rows) || !isDirection(columns) || axisOf(rows[0]) === axisOf(columns[0])) return null;
  return { left: oppositeOf(rows), right: rows, top: oppositeOf(columns), bottom: columns };
}

/** A letter of each axis at most: nothing runs to the right and to the left. */
function isDirection(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[APRLHF]{1,3}$/.test(value)) return false;
  return new Set([...value].map(axisOf)).size === value.length;
}

function axisOf(letter: string): number {
  return AXES.findIndex((axis) => axis.includes(letter));
}

const OPPOSITES: Record<string, string> = Object.fromEntries(AXES.flatMap(([a, b]) => [[a, b], [b, a]]));

function oppositeOf(letters: string): string {
  return [...letters].map((letter) => OPPOSITES[letter]).join('');
}

function directionLetters(direction: Vec3): string {
  return direction
    .map((value, axis) => ({ size: Math.abs(value), letter: AXES[axis][value > 0 ? 0 : 1] }))
    .filter(({ size }) => size >= MIN_SHARE)
    .sort((a, b) => b.size - a.size)
    .map(({ letter }) => letter)
    .join('');
}

function negate(direction: Vec3): Vec3 {
  return [-direction[0], -direction[1], -direction[2]];
}

/** The spacing of one frame of an image: frames may be spaced differently (PS3.3 C.7.6.16.2.1). Pure. */
import type { ImageSpacing } from '../../api/types';
import type { DicomJson } from '../images/metadata';

/**
 * `spacing`: that of the image, which is its first frame's. `frame` counts from 1. Where the file spaces frames one by
 * one and leaves this one out, or the first, nothing is known of a millimetre on it.
 */
export function frameSpacing(spacing: ImageSpacing, instance: DicomJson, frame: number): ImageSpacing {
  const groups = instance['52009230']?.Value as DicomJson[] | undefined;
  const own = pairOf(groups?.[frame - 1]);
  if (own === null) return pairOf(groups?.[0]) === null ? spacing : { ...spacing, row_mm: null, column_mm: null, source: 'none' };
  return spacing.source === 'none' ? spacing : { ...spacing, row_mm: own[0], column_mm: own[1] };
}

function pairOf(group: DicomJson | undefined): [number, number] | null {
  const [measures] = (group?.['00289110']?.Value ?? []) as DicomJson[];
  const [row, column] = (measures?.['00280030']?.Value ?? []) as number[];
  return row > 0 && column > 0 ? [row, column] : null;
}

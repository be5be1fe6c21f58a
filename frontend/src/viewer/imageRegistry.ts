/** What is known of each frame that was announced to Cornerstone: its record, its spacing, its plane. */
import { metaData } from '@cornerstonejs/core';

import type { ImageSpacing } from '../api/types';
import type { ImagePlane, Vec3 } from './mapping/plane';
import type { StackFrame } from './stacks';

const frameOf = new Map<string, StackFrame>();

export function rememberFrame(imageId: string, frame: StackFrame): void {
  frameOf.set(imageId, frame);
}

/** Which frame of which instance an announced image is. */
export function placeOf(imageId: string): { instance: string; frame: number } | null {
  const found = frameOf.get(imageId);
  return found === undefined ? null : { instance: found.image.instance, frame: found.frame };
}

export function spacingOf(imageId: string): ImageSpacing | null {
  return frameOf.get(imageId)?.image.spacing ?? null;
}

interface PlaneModule {
  imagePositionPatient?: Vec3 | null;
  rowCosines?: Vec3 | null;
  columnCosines?: Vec3 | null;
  columnPixelSpacing?: number | null;
  rowPixelSpacing?: number | null;
}

/** The plane in which Cornerstone draws an image; an image without a place gets the unit plane, as the library does. */
export function planeOf(imageId: string): ImagePlane | null {
  const image = frameOf.get(imageId)?.image;
  if (image === undefined) return null;
  const plane = (metaData.get('imagePlaneModule', imageId) ?? {}) as PlaneModule;
  return {
    origin: plane.imagePositionPatient ?? [0, 0, 0],
    rowCosines: plane.rowCosines ?? [1, 0, 0],
    columnCosines: plane.columnCosines ?? [0, 1, 0],
    columnSpacing: plane.columnPixelSpacing || 1,
    rowSpacing: plane.rowPixelSpacing || 1,
    columns: image.columns,
    rows: image.rows,
  };
}

/** What is known of each frame that was announced to Cornerstone: its record, its spacing, its plane. */
import { metaData } from '@cornerstonejs/core';

import type { ImageSpacing } from '../../api/types';
import { defaultView, displayOf, type Display, type GreyView } from '../display/display';
import { frameSpacing } from '../mapping/frameSpacing';
import { lettersOf, type EdgeLetters } from '../mapping/orientation';
import type { ImagePlane, Vec3 } from '../mapping/plane';
import type { DicomJson } from './metadata';
import { filmName } from './names';
import type { StackFrame } from './stacks';

interface Known extends StackFrame {
  display: Display;
  spacing: ImageSpacing;
  /** Where in the patient its edges lie; null where the file does not say. */
  letters: EdgeLetters | null;
}

const frameOf = new Map<string, Known>();

export function rememberFrame(imageId: string, frame: StackFrame, instance: DicomJson): void {
  frameOf.set(imageId, {
    ...frame,
    display: displayOf(instance),
    spacing: frameSpacing(frame.image.spacing, instance, frame.frame),
    letters: lettersOf(instance, frame.frame),
  });
}

/** What a frame opens with; null for colour and for what was not announced. */
export function defaultViewOf(imageId: string): GreyView | null {
  const known = frameOf.get(imageId);
  return known === undefined ? null : defaultView(known.display, known.frame);
}

/** A view of the image by its name. The window of a header has none, as the reader's own has: it is never meant. */
export function namedViewOf(imageId: string, name: string): GreyView | null {
  if (name === '') return null;
  return frameOf.get(imageId)?.display.views.find((view) => view.name === name) ?? null;
}

/** View and side of a film; empty where the file names neither. */
export function filmNameOf(imageId: string): string {
  const known = frameOf.get(imageId);
  return known === undefined ? '' : filmName(known.image);
}

export function edgeLettersOf(imageId: string): EdgeLetters | null {
  return frameOf.get(imageId)?.letters ?? null;
}

/** Which frame of which instance an announced image is. */
export function placeOf(imageId: string): { instance: string; frame: number } | null {
  const found = frameOf.get(imageId);
  return found === undefined ? null : { instance: found.image.instance, frame: found.frame };
}

export function spacingOf(imageId: string): ImageSpacing | null {
  return frameOf.get(imageId)?.spacing ?? null;
}

interface PlaneModule {
  imagePositionPatient?: Vec3 | null;
  rowCosines?: Vec3 | null;
  columnCosines?: Vec3 | null;
  columnPixelSpacing?: number | null;
  rowPixelSpacing?: number | null;
}

/**
 * The plane in which Cornerstone draws an image. An image without a place gets the unit plane, as the library does: it
 * says where to draw, and nothing about the patient.
 */
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

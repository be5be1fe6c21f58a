/** Window and polarity of the image on screen. */
import { utilities, type Types } from '@cornerstonejs/core';

import type { WindowPreset } from '../api/types';

type Viewport = Types.IStackViewport;

export function setWindow(viewport: Viewport, { center, width }: Pick<WindowPreset, 'center' | 'width'>): void {
  viewport.setProperties({ voiRange: utilities.windowLevel.toLowHighRange(Math.max(width, 1), center) });
  viewport.render();
}

/** The window that the header asks for; false before the first image. */
export function setHeaderWindow(viewport: Viewport): boolean {
  const image = viewport.getCornerstoneImage();
  if (image === undefined) return false;
  const [width, center] = [first(image.windowWidth), first(image.windowCenter)];
  viewport.setProperties({ voiRange: utilities.windowLevel.toLowHighRange(width, center) });
  return true;
}

export function windowOf(viewport: Viewport): { center: number; width: number } | null {
  const range = viewport.getProperties().voiRange;
  if (!range) return null; // before the first image the viewport says null
  const { windowCenter, windowWidth } = utilities.windowLevel.toWindowLevel(range.lower, range.upper);
  return { center: windowCenter, width: windowWidth };
}

/** `isFilm`: MONOCHROME1. Cornerstone's flag counts from the stored values; such a film is inverted to show bone bright. */
export function setInverted(viewport: Viewport, inverted: boolean, isFilm: boolean): void {
  viewport.setProperties({ invert: isFilm !== inverted });
}

function first(value: number | number[]): number {
  return Array.isArray(value) ? value[0] : value;
}

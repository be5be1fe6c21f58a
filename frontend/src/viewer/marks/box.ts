/** Viewer rectangle <-> box of the API, in image space and clipped to the image. Pure. */
import type { BoxGeometry } from '../../api/types';
import { imageToWorld, worldToImage, type ImagePlane, type Vec3 } from '../mapping/plane';

/** Cornerstone's order of corners: the first and the last are opposite. */
export type RectangleHandles = [Vec3, Vec3, Vec3, Vec3];

/** A box thinner than this on the image is a slip of the mouse, not a mark. */
export const MIN_BOX_PX = 2;

/** Returns null where nothing that could be a mark lies inside the image. */
export function handlesToBox(handles: Vec3[], plane: ImagePlane): BoxGeometry | null {
  const points = handles.map((handle) => worldToImage(handle, plane));
  const left = clip(Math.min(...points.map((point) => point.x)), plane.columns);
  const right = clip(Math.max(...points.map((point) => point.x)), plane.columns);
  const top = clip(Math.min(...points.map((point) => point.y)), plane.rows);
  const bottom = clip(Math.max(...points.map((point) => point.y)), plane.rows);
  if (right - left < MIN_BOX_PX || bottom - top < MIN_BOX_PX) return null;
  return { x: round(left), y: round(top), width: round(right - left), height: round(bottom - top) };
}

export function boxToHandles(box: BoxGeometry, plane: ImagePlane): RectangleHandles {
  const right = box.x + box.width;
  const bottom = box.y + box.height;
  return [
    imageToWorld({ x: box.x, y: box.y }, plane),
    imageToWorld({ x: right, y: box.y }, plane),
    imageToWorld({ x: box.x, y: bottom }, plane),
    imageToWorld({ x: right, y: bottom }, plane),
  ];
}

export function sameBox(a: BoxGeometry, b: BoxGeometry): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

function clip(value: number, limit: number): number {
  return Math.min(Math.max(value, 0), limit);
}

/** A thousandth of a pixel is far below what a hand can place, and keeps documents short and comparable. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

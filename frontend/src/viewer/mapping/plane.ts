/** The plane of one image in Cornerstone's world, and the change between world and image space. Pure. */

export type Vec3 = [number, number, number];

/** A point of image space in pixels: x = column, y = row, origin at the outer corner of the top-left pixel. */
export interface ImagePoint {
  x: number;
  y: number;
}

export interface ImagePlane {
  /** World position of the CENTRE of the top-left pixel. */
  origin: Vec3;
  /** Direction in which the column index grows. */
  rowCosines: Vec3;
  /** Direction in which the row index grows. */
  columnCosines: Vec3;
  /** Distance between columns, in world units. */
  columnSpacing: number;
  /** Distance between rows, in world units. */
  rowSpacing: number;
  columns: number;
  rows: number;
}

export function worldToImage(world: Vec3, plane: ImagePlane): ImagePoint {
  const fromOrigin = subtract(world, plane.origin);
  return {
    x: dot(fromOrigin, plane.rowCosines) / plane.columnSpacing + 0.5,
    y: dot(fromOrigin, plane.columnCosines) / plane.rowSpacing + 0.5,
  };
}

export function imageToWorld(point: ImagePoint, plane: ImagePlane): Vec3 {
  const along = (point.x - 0.5) * plane.columnSpacing;
  const down = (point.y - 0.5) * plane.rowSpacing;
  return [0, 1, 2].map(
    (axis) => plane.origin[axis] + along * plane.rowCosines[axis] + down * plane.columnCosines[axis],
  ) as Vec3;
}

function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

import { describe, expect, it } from 'vitest';

import { imageToWorld, worldToImage, type ImagePlane } from '../mapping/plane';
import { boxToHandles, handlesToBox } from './box';

const radiograph: ImagePlane = {
  origin: [0, 0, 0],
  rowCosines: [1, 0, 0],
  columnCosines: [0, 1, 0],
  columnSpacing: 1,
  rowSpacing: 1,
  columns: 1760,
  rows: 1760,
};

/** A sagittal-like plane with unequal spacing, turned in the patient and away from the origin. */
const oblique: ImagePlane = {
  origin: [-120.5, 33.25, 71],
  rowCosines: [0, 0.8, -0.6],
  columnCosines: [0, 0.6, 0.8],
  columnSpacing: 0.7,
  rowSpacing: 0.35,
  columns: 512,
  rows: 384,
};

describe('box mapping', () => {
  it('places the centre of the top-left pixel at (0.5, 0.5) of image space', () => {
    expect(worldToImage([0, 0, 0], radiograph)).toEqual({ x: 0.5, y: 0.5 });
  });

  it('agrees with the library: image (200, 300) is world (199.5, 299.5) at unit spacing', () => {
    expect(imageToWorld({ x: 200, y: 300 }, radiograph)).toEqual([199.5, 299.5, 0]);
  });

  it.each([
    ['radiograph', radiograph],
    ['oblique plane', oblique],
  ])('brings a box back unchanged on a %s', (_name, plane) => {
    const box = { x: 12.25, y: 40, width: 100.5, height: 33.125 };
    expect(handlesToBox(boxToHandles(box, plane), plane)).toEqual(box);
  });

  it('reads the corners in any order, as a drag to the upper left gives them', () => {
    const box = { x: 10, y: 20, width: 30, height: 40 };
    const handles = boxToHandles(box, oblique).reverse();
    expect(handlesToBox(handles, oblique)).toEqual(box);
  });

  it('clips to the image: the outer corner of the last pixel is (columns, rows)', () => {
    const handles = boxToHandles({ x: 1700, y: -50, width: 400, height: 100 }, radiograph);
    expect(handlesToBox(handles, radiograph)).toEqual({ x: 1700, y: 0, width: 60, height: 50 });
  });

  it('makes no box of a slip of the mouse or of a drag outside the image', () => {
    expect(handlesToBox(boxToHandles({ x: 5, y: 5, width: 1, height: 50 }, radiograph), radiograph)).toBeNull();
    expect(handlesToBox(boxToHandles({ x: -90, y: 5, width: 80, height: 50 }, radiograph), radiograph)).toBeNull();
  });
});

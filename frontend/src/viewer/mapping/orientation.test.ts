import { describe, expect, it } from 'vitest';

import { directionsOf, edgeLetters, filmLetters } from './orientation';
import type { ImagePlane, Vec3 } from './plane';

function plane(rowCosines: Vec3, columnCosines: Vec3): ImagePlane {
  return { origin: [0, 0, 0], rowCosines, columnCosines, columnSpacing: 1, rowSpacing: 1, columns: 9, rows: 9 };
}

describe('edge letters', () => {
  it('shows the patient right at the left edge of an axial slice', () => {
    expect(edgeLetters(plane([1, 0, 0], [0, 1, 0]))).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
  });

  it('shows head above feet on a sagittal slice', () => {
    expect(edgeLetters(plane([0, 1, 0], [0, 0, -1]))).toEqual({ left: 'A', right: 'P', top: 'H', bottom: 'F' });
  });

  it('adds a second letter where the plane is tilted', () => {
    expect(edgeLetters(plane([0.8, 0.6, 0], [0, 0, -1])).right).toBe('LP');
  });
});

describe('the sides of a film', () => {
  it('look where Patient Orientation says, and the other way at the other side', () => {
    expect(filmLetters(['L', 'F'])).toEqual({ left: 'R', right: 'L', top: 'H', bottom: 'F' });
    expect(filmLetters(['A', 'F'])).toEqual({ left: 'P', right: 'A', top: 'H', bottom: 'F' });
    expect(filmLetters(['PL', 'FA'])).toEqual({ left: 'AR', right: 'PL', top: 'HP', bottom: 'FA' });
  });

  it('say nothing where the file says nothing that is known', () => {
    const said = (...values: unknown[]) => directionsOf({ '00200020': { vr: 'CS', Value: values } });
    expect(said('L', 'F')).toEqual(['L', 'F']);
    expect([said(), said('L'), said('left', 'F'), directionsOf({})]).toEqual([null, null, null, null]);
  });
});

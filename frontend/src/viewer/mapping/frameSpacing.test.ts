import { describe, expect, it } from 'vitest';

import type { ImageSpacing } from '../../api/types';
import type { DicomJson } from '../images/metadata';
import { frameSpacing } from './frameSpacing';
import { lengthText } from './length';

const OF_FIRST: ImageSpacing = { row_mm: 0.5, column_mm: 0.5, source: 'patient', aspect: 1 };
const NONE: ImageSpacing = { row_mm: null, column_mm: null, source: 'none', aspect: 1 };

function enhanced(...pairs: (number[] | null)[]): DicomJson {
  const groups = pairs.map((pair) =>
    pair === null ? {} : { '00289110': { vr: 'SQ', Value: [{ '00280030': { vr: 'DS', Value: pair } }] } },
  );
  return { '52009230': { vr: 'SQ', Value: groups } } as unknown as DicomJson;
}

describe('the spacing of a frame', () => {
  it('is its own where frames differ', () => {
    const image = enhanced([0.5, 0.5], [2, 1]);
    const length = (frame: number) => lengthText({ x: 0, y: 0 }, { x: 0, y: 10 }, frameSpacing(OF_FIRST, image, frame));
    expect([length(1), length(2)]).toEqual(['5.0 mm', '20.0 mm']);
  });

  it('is not known of a frame that the file leaves out', () => {
    expect(frameSpacing(OF_FIRST, enhanced([0.5, 0.5], null), 2).source).toBe('none');
  });

  it('stays unknown where the first is unknown, since nobody said what it refers to', () => {
    expect(frameSpacing(NONE, enhanced(null, [0.5, 0.5]), 2)).toEqual(NONE);
  });

  it('is that of the image where no frame has its own', () => {
    expect(frameSpacing(OF_FIRST, {}, 3)).toEqual(OF_FIRST);
    expect(frameSpacing(OF_FIRST, enhanced(null, null), 2)).toEqual(OF_FIRST);
  });
});

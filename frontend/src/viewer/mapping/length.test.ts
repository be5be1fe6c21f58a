import { describe, expect, it } from 'vitest';

import { lengthText, sizeText, spacingText } from './length';

const from = { x: 10, y: 10 };
const to = { x: 40, y: 50 };

describe('length', () => {
  it('stays in pixels without a spacing', () => {
    expect(lengthText(from, to, { row_mm: null, column_mm: null, source: 'none', aspect: 1 })).toBe('50 px');
  });

  it('never turns a zero spacing into millimetres', () => {
    expect(lengthText(from, to, { row_mm: 0, column_mm: 0, source: 'patient', aspect: 1 })).toBe('50 px');
  });

  it('says when the millimetres are at the detector', () => {
    expect(lengthText(from, to, { row_mm: 0.2, column_mm: 0.2, source: 'detector', aspect: 1 })).toBe('10.0 mm at detector');
  });

  it('uses each direction with its own spacing', () => {
    // 30 columns of 0.1 mm and 40 rows of 0.1 mm are 5 mm; with rows of 0 they would be 3.
    expect(lengthText(from, to, { row_mm: 0.1, column_mm: 0.1, source: 'patient', aspect: 1 })).toBe('5.0 mm');
    expect(lengthText(from, to, { row_mm: 0.4, column_mm: 0.4 / 3, source: 'calibrated', aspect: 1 })).toBe('16.5 mm');
  });

  it('says of a box what it says of a length', () => {
    const box = { width: 100, height: 50 };
    expect(sizeText(box, { row_mm: 0.2, column_mm: 0.2, source: 'detector', aspect: 1 })).toBe('20 × 10 mm at detector');
    expect(sizeText(box, { row_mm: 0.4, column_mm: 0.2, source: 'patient', aspect: 1 })).toBe('20 × 20 mm');
    expect(sizeText(box, { row_mm: null, column_mm: null, source: 'none', aspect: 1 })).toBe('100 × 50 px');
  });

  it('names the source of the scale', () => {
    expect(spacingText({ row_mm: 0.143, column_mm: 0.143, source: 'detector', aspect: 1 })).toBe('0.143 mm/px at detector');
    expect(spacingText({ row_mm: 0.5, column_mm: 0.25, source: 'patient', aspect: 1 })).toBe('0.500 × 0.250 mm/px in patient');
    expect(spacingText({ row_mm: null, column_mm: null, source: 'none', aspect: 1 })).toBe('no scale: lengths in px');
  });
});

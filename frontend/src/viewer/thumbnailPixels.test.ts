import { describe, expect, it } from 'vitest';

import { thumbnailPixels, type DecodedImage } from './thumbnailPixels';

const ramp: DecodedImage = {
  pixels: [0, 100, 200, 300],
  rows: 1,
  columns: 4,
  components: 1,
  windowCenter: 150,
  windowWidth: 300,
  inverted: false,
};

function greys(image: DecodedImage, row: number): number[] {
  const rgba = thumbnailPixels(image, 4);
  return [0, 1, 2, 3].map((x) => rgba[(row * 4 + x) * 4]);
}

describe('thumbnail', () => {
  it('windows the image and sets it on black', () => {
    expect(greys(ramp, 1)).toEqual([0, 85, 170, 255]);
    expect(greys(ramp, 0)).toEqual([0, 0, 0, 0]);
  });

  it('turns MONOCHROME1 round', () => {
    expect(greys({ ...ramp, inverted: true }, 1)).toEqual([255, 170, 85, 0]);
  });

  it('keeps colours', () => {
    const red: DecodedImage = { ...ramp, pixels: [200, 10, 20], rows: 1, columns: 1, components: 3 };
    expect([...thumbnailPixels(red, 1)]).toEqual([200, 10, 20, 255]);
  });
});

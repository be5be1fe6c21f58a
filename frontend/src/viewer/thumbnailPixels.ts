/** Reduces a decoded image to a small grey or colour picture with its own window and polarity. Pure. */

export interface DecodedImage {
  pixels: ArrayLike<number>;
  rows: number;
  columns: number;
  /** Values a pixel: 1 for grey, 3 or 4 for colour. */
  components: number;
  windowCenter: number;
  windowWidth: number;
  /** MONOCHROME1: low values are bright. */
  inverted: boolean;
}

/** RGBA bytes of a `size` by `size` picture, the image fitted into its middle on black. Nearest pixel, no smoothing. */
export function thumbnailPixels(image: DecodedImage, size: number): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(size * size * 4);
  const scale = Math.max(image.columns, image.rows) / size;
  const left = Math.floor((size - image.columns / scale) / 2);
  const top = Math.floor((size - image.rows / scale) / 2);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const column = Math.floor((x - left + 0.5) * scale);
      const row = Math.floor((y - top + 0.5) * scale);
      const target = (y * size + x) * 4;
      out[target + 3] = 255;
      const isInside = column >= 0 && column < image.columns && row >= 0 && row < image.rows;
      if (isInside) writePixel(out, target, image, (row * image.columns + column) * image.components);
    }
  }
  return out;
}

function writePixel(out: Uint8ClampedArray, target: number, image: DecodedImage, source: number): void {
  if (image.components >= 3) {
    for (let part = 0; part < 3; part += 1) out[target + part] = image.pixels[source + part];
    return;
  }
  const lower = image.windowCenter - image.windowWidth / 2;
  const share = Math.min(Math.max((image.pixels[source] - lower) / image.windowWidth, 0), 1);
  const grey = 255 * (image.inverted ? 1 - share : share);
  out[target] = out[target + 1] = out[target + 2] = grey;
}

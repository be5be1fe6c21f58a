// Encodes one image losslessly as HTJ2K with the browser's own codec; no Python package can.
// Arguments: codec's file, columns, rows, samples, bits, 1 if signed. Standard input: interleaved samples; output: codestream.
const fs = require('node:fs');

const [codec, ...numbers] = process.argv.slice(2);
const [width, height, componentCount, bitsPerSample, isSigned] = numbers.map(Number);

require(codec)({ print: () => {}, printErr: () => {} }).then(({ HTJ2KEncoder }) => {
  const encoder = new HTJ2KEncoder();
  const frame = { width, height, componentCount, bitsPerSample, isSigned: isSigned === 1, isUsingColorTransform: componentCount === 3 };
  encoder.getDecodedBuffer(frame).set(fs.readFileSync(0));
  encoder.setQuality(true, 0);
  encoder.encode();
  process.stdout.write(encoder.getEncodedBuffer());
});

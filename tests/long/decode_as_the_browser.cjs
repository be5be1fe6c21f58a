// Decodes stored frames with the codecs that Cornerstone3D uses and prints the SHA-256 of what each yields, one line a frame.
// Standard input: JSON [{path, syntax, bitsAllocated, bitsStored, isSigned}]; argument: folder of the @cornerstonejs packages.
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const packages = process.argv[2];
const load = (file) => require(path.join(packages, file));

async function codecs() {
  const quiet = () => ({ print: () => {}, printErr: () => {} });
  const { Decoder } = await import(path.join(packages, 'jpeg-lossless-decoder-js/release/lossless.js'));
  return {
    Lossless: Decoder,
    jls: await load('codec-charls/dist/charlswasm_decode.js')(quiet()),
    j2k: await load('codec-openjpeg/dist/openjpegwasm_decode.js')(quiet()),
    htj2k: await load('codec-openjph/dist/openjphjs.js')(quiet()),
  };
}

function byWasm(decoder, data, method) {
  decoder.getEncodedBuffer(data.length).set(data);
  decoder[method](0);
  return Buffer.from(decoder.getDecodedBuffer());
}

function decode(codec, frame, data) {
  const kind = frame.syntax.split('.4.')[1];
  if (kind === undefined || !frame.syntax.startsWith('1.2.840.10008.1.2.4.')) {
    return data;
  }
  if (['57', '70'].includes(kind)) {
    const output = new codec.Lossless().decode(data.buffer, data.byteOffset, data.length, frame.bitsAllocated <= 8 ? 1 : 2);
    return Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  }
  if (['80', '81'].includes(kind)) return byWasm(new codec.jls.JpegLSDecoder(), data, 'decode');
  if (['90', '91'].includes(kind)) return byWasm(new codec.j2k.J2KDecoder(), data, 'decode');
  return byWasm(new codec.htj2k.HTJ2KDecoder(), data, 'decodeSubResolution');
}

// Cornerstone3D widens the sign of every signed frame by its bits stored after decoding.
function widenSign(frame, pixels) {
  if (!frame.isSigned || frame.bitsAllocated !== 16) return pixels;
  const shift = 32 - frame.bitsStored;
  const copy = new Int16Array(pixels.buffer.slice(pixels.byteOffset, pixels.byteOffset + pixels.length));
  return Buffer.from(copy.map((value) => (value << shift) >> shift).buffer);
}

(async () => {
  const codec = await codecs();
  for (const frame of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    const pixels = widenSign(frame, decode(codec, frame, fs.readFileSync(frame.path)));
    console.log(crypto.createHash('sha256').update(pixels).digest('hex'));
  }
})();

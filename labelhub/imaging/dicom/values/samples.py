"""From what a sample's bits say to its value: the one place where Bits Stored, High Bit and sign are understood.

Native pixels, decoded codestreams, palette indexes and elements of VR "US or SS" all go through here.
"""

import numpy as np


def sample_values(
    samples: np.ndarray, *, container_bits: int, bits_stored: int, high_bit: int, is_signed: bool
) -> np.ndarray:
    """Return the values that lie in bits `high_bit - bits_stored + 1` to `high_bit` of each sample (PS3.5 8.1.1).

    `samples` is an integer array of any shape. `container_bits` is what one sample was written in: Bits Allocated, or
    the precision of a codestream, whose encoder has moved the value to the low bits where it does not reach High Bit.
    Bits outside hold overlays or nothing (PS3.5 8.1.2) and are masked. The type keeps its width; its sign is
    `is_signed`.
    """
    n_bytes = samples.dtype.itemsize
    value_type = np.dtype(f"{'i' if is_signed else 'u'}{n_bytes}")
    raw = np.ascontiguousarray(samples, samples.dtype.newbyteorder("=")).view(f"u{n_bytes}")
    unused = max(0, n_bytes * 8 - bits_stored)
    above = max(0, unused - (high_bit + 1 - bits_stored)) if container_bits > high_bit else unused
    # Up to the top and down again: an arithmetic shift of the signed type repeats the sign bit.
    values: np.ndarray = (raw << above).view(value_type) >> unused
    return values


def eight_bit(samples: np.ndarray, bits_stored: int) -> np.ndarray:
    """Return unsigned samples of `bits_stored` bits as 8-bit display values: the highest 8 bits, or 0-255 stretched."""
    if bits_stored >= 8:
        return (samples >> (bits_stored - 8)).astype(np.uint8)
    return np.rint(samples * (255.0 / ((1 << bits_stored) - 1))).astype(np.uint8)


def ybr_full_to_rgb(samples: np.ndarray, bits_stored: int) -> np.ndarray:
    """Return YBR_FULL samples (rows, columns, 3) of any depth as RGB of the same depth (PS3.3 C.7.6.3.1.2)."""
    middle, top = 1 << (bits_stored - 1), (1 << bits_stored) - 1
    y, cb, cr = (samples[..., index].astype(np.float32) for index in range(3))
    cb, cr = cb - middle, cr - middle
    rgb = np.stack([y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb], axis=-1)
    return np.clip(np.rint(rgb), 0, top).astype(samples.dtype)


def signed_word(word: int, *, is_signed: bool) -> int:
    """Return an unsigned 16-bit word (`attributes.words_of`) as Pixel Representation has it (PS3.6, "US or SS")."""
    return word - (1 << 16) if is_signed and word >= 1 << 15 else word

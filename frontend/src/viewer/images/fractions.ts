/**
 * Keeps the fractions of scaled pixels. Cornerstone3D scales pixels into an array of the type that holds their lowest and
 * highest value: where a fractional slope happens to make both whole numbers (0 and 32,767 by 1/32,767), that is an array
 * of integers, and all between them is cut off. A slope that is wrong by a millionth of a millionth gives floats.
 */
import type { DicomJson } from './metadata';

const RESCALE_SLOPE = '00281053';
const NUDGE = 1 + 2 ** -40;

/** The description with a slope by which no whole number becomes another; whole slopes stay. */
export function withFractions(instance: DicomJson): DicomJson {
  const slope = instance[RESCALE_SLOPE]?.Value?.[0];
  if (typeof slope !== 'number' || Number.isInteger(slope)) {
    return instance;
  }
  return { ...instance, [RESCALE_SLOPE]: { vr: 'DS', Value: [slope * NUDGE] } };
}

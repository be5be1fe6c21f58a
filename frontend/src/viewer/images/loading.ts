/** Makes the frames of a case known to Cornerstone, and loads and decodes them, ahead of need where asked. */
import { cache, Enums, imageLoader } from '@cornerstonejs/core';
import { utilities as metadataUtilities } from '@cornerstonejs/metadata';

import type { CaseImage } from '../../api/types';
import { startViewer } from '../engine/engine';
import { rememberFrame } from './imageRegistry';
import { takeMetadata, type DicomJson } from './metadata';
import type { StackFrame } from './stacks';

const registered = new Map<string, Promise<void>>();

export function frameImageId({ image, frame }: StackFrame): string {
  return `wadors:${new URL(image.frames_url, window.location.origin).href}/${frame}`;
}

/** Hand the description of an instance to Cornerstone, once; a failure may be tried again. */
export function registerImage(image: CaseImage): Promise<void> {
  const known = registered.get(image.instance);
  if (known !== undefined) return known;
  const pending = fetchAndRegister(image).catch((error: unknown) => {
    registered.delete(image.instance);
    throw error;
  });
  registered.set(image.instance, pending);
  return pending;
}

/** Load and decode frames into the cache, a few at a time, so that what is asked for now keeps its bandwidth. */
export async function prefetch(frames: StackFrame[], signal: AbortSignal): Promise<void> {
  const waiting = [...frames];
  const lane = async () => {
    for (let frame = waiting.shift(); frame !== undefined && !signal.aborted; frame = waiting.shift()) {
      await registerImage(frame.image);
      const imageId = frameImageId(frame);
      if (cache.getImageLoadObject(imageId) !== undefined) continue;
      await imageLoader.loadAndCacheImage(imageId, { requestType: Enums.RequestType.Prefetch, priority: 10 });
    }
  };
  await Promise.all(Array.from({ length: PREFETCH_LANES }, lane));
}

const PREFETCH_LANES = 3;

const VOI_LUT_FUNCTION = '00281056';

/**
 * The library reads the first element of this one value, which of a plain string is its first letter, and then draws
 * without window and polarity. A second element keeps the value a list (PS3.3 C.11.2.1.3).
 */
function keepWindowFunction(instance: DicomJson): DicomJson {
  const value = instance[VOI_LUT_FUNCTION]?.Value?.[0];
  return value === undefined ? instance : { ...instance, [VOI_LUT_FUNCTION]: { vr: 'CS', Value: [value, value] } };
}

async function fetchAndRegister(image: CaseImage): Promise<void> {
  startViewer();
  const instance = await takeMetadata(image);
  for (let frame = 1; frame <= Math.max(1, image.n_frames); frame += 1) {
    rememberFrame(frameImageId({ image, frame }), { image, frame }, instance);
  }
  // Once per instance: the library keys what it learns on the address without its frame number.
  await metadataUtilities.addDicomWebInstance(frameImageId({ image, frame: 1 }), keepWindowFunction(instance));
}

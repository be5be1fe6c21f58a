/** Makes the frames of a case known to Cornerstone, and loads and decodes them, ahead of need where asked. */
import { cache, Enums, imageLoader } from '@cornerstonejs/core';
import { utilities as metadataUtilities } from '@cornerstonejs/metadata';

import type { CaseImage } from '../api/types';
import { startViewer } from './engine';
import { rememberImage } from './imageRegistry';
import type { StackFrame } from './stacks';

const registered = new Map<string, Promise<void>>();

export function frameImageId({ image, frame }: StackFrame): string {
  return `wadors:${new URL(image.frames_url, window.location.origin).href}/${frame}`;
}

/** Fetch the metadata of an instance and hand it to Cornerstone, once; a failure may be tried again. */
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

/** Load and decode frames into the cache one after another, so that what is on screen keeps its bandwidth. */
export async function prefetch(frames: StackFrame[], signal: AbortSignal): Promise<void> {
  for (const frame of frames) {
    if (signal.aborted) return;
    await registerImage(frame.image);
    const imageId = frameImageId(frame);
    if (cache.getImageLoadObject(imageId) !== undefined) continue;
    await imageLoader.loadAndCacheImage(imageId, {
      requestType: Enums.RequestType.Prefetch,
      priority: 10,
    });
  }
}

async function fetchAndRegister(image: CaseImage): Promise<void> {
  startViewer();
  const response = await fetch(image.metadata_url, {
    credentials: 'same-origin',
    headers: { Accept: 'application/dicom+json' },
  });
  if (!response.ok) {
    throw new Error(`The description of this image did not arrive (status ${response.status}). Try again.`);
  }
  const [instance] = (await response.json()) as Record<string, unknown>[];
  for (let frame = 1; frame <= Math.max(1, image.n_frames); frame += 1) {
    const imageId = frameImageId({ image, frame });
    rememberImage(imageId, image);
    await metadataUtilities.addDicomWebInstance(imageId, instance);
  }
}

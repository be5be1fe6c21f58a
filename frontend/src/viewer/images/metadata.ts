/** The description of an instance as the server gives it. Free of Cornerstone3D, so that it may be asked for before that has loaded. */
import type { CaseImage } from '../../api/types';
import { withFractions } from './fractions';

export type DicomJson = Record<string, { vr: string; Value?: unknown[] }>;

const early = new Map<string, Promise<DicomJson>>();

/** Ask ahead of need; the answer waits until it is taken. */
export async function askMetadataEarly(image: CaseImage): Promise<void> {
  const answer = fetchMetadata(image);
  early.set(image.instance, answer);
  try {
    await answer;
  } catch {
    early.delete(image.instance);
  }
}

/** The answer that was asked for ahead, once, or a new one. */
export function takeMetadata(image: CaseImage): Promise<DicomJson> {
  const answer = early.get(image.instance);
  early.delete(image.instance);
  return answer ?? fetchMetadata(image);
}

async function fetchMetadata(image: CaseImage): Promise<DicomJson> {
  const response = await fetch(image.metadata_url, {
    credentials: 'same-origin',
    headers: { Accept: 'application/dicom+json' },
  });
  if (!response.ok) {
    throw new Error(`The description of this image did not arrive (status ${response.status}). Try again.`);
  }
  const [instance] = (await response.json()) as DicomJson[];
  return withFractions(instance);
}

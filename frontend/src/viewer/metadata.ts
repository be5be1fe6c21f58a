/** The description of an instance as the server gives it. Free of Cornerstone3D, so that it may be asked for before that has loaded. */
import type { CaseImage } from '../api/types';

export type DicomJson = Record<string, { vr: string; Value?: unknown[] }>;

const asked = new Map<string, Promise<DicomJson>>();

/** Asked for once; a failure may be tried again. */
export function fetchMetadata(image: CaseImage): Promise<DicomJson> {
  const known = asked.get(image.instance);
  if (known !== undefined) return known;
  const answer = askFor(image).catch((error: unknown) => {
    asked.delete(image.instance);
    throw error;
  });
  asked.set(image.instance, answer);
  return answer;
}

async function askFor(image: CaseImage): Promise<DicomJson> {
  const response = await fetch(image.metadata_url, {
    credentials: 'same-origin',
    headers: { Accept: 'application/dicom+json' },
  });
  if (!response.ok) {
    throw new Error(`The description of this image did not arrive (status ${response.status}). Try again.`);
  }
  const [instance] = (await response.json()) as DicomJson[];
  return instance;
}

/** A case as a reader would get it, for a manager: by its number, the first that nobody has begun, or the one behind. */
import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

export type AsReader = components['schemas']['AsReader'];

export function seeAsReader(slug: string, which: { case: string } | { after: string } | null): Promise<AsReader> {
  const query = which === null ? '' : `?${new URLSearchParams(which)}`;
  return request<AsReader>('GET', `/projects/${slug}/as-reader/${query}`);
}

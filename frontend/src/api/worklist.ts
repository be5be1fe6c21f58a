/** The reader's own cases. Nothing of any other reader is in these answers. */
import { queryOptions } from '@tanstack/react-query';

import { request } from './client';
import { midnight } from '../lib/day';
import type { components } from './schema';

type Schemas = components['schemas'];

export type OpenCase = Schemas['UnfinishedOutput'];
export type ReturnedCase = Schemas['ReturnedOutput'];
export type SkippedCase = Schemas['SkippedOutput'];
export type SubmittedCase = Schemas['SubmittedOutput'];
export type Worklist = Schemas['Worklist'];

export function worklistQuery(slug: string, cursor: string | null) {
  return queryOptions({
    queryKey: ['worklist', slug, cursor],
    queryFn: ({ signal }) => {
      const search = new URLSearchParams({ day_began: midnight(new Date()).toISOString() });
      if (cursor !== null) search.set('cursor', cursor);
      return request<Worklist>('GET', `/projects/${slug}/worklist/?${search}`, { signal });
    },
    staleTime: 0,
  });
}

/** Take a skipped case back; refused once others have it. */
export function unskip(assignment: string): Promise<void> {
  return request('POST', `/assignments/${assignment}/unskip/`);
}

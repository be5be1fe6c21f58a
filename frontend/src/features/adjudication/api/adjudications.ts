/** The adjudications that wait, and the next one. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

export interface AdjudicationFilter {
  finding: string | null;
  state: string | null;
}

export function adjudicationsQuery(slug: string, filter: AdjudicationFilter, cursor: string | null) {
  const search = new URLSearchParams();
  if (filter.finding) search.set('finding', filter.finding);
  if (filter.state) search.set('state', filter.state);
  if (cursor) search.set('cursor', cursor);
  return queryOptions({
    queryKey: ['adjudications', slug, filter, cursor],
    queryFn: ({ signal }) =>
      request<components['schemas']['AdjudicationPage']>('GET', `/projects/${slug}/adjudications/?${search}`, { signal }),
    staleTime: 0,
  });
}

export function nextAdjudication(slug: string): Promise<components['schemas']['NextAdjudication']> {
  return request<components['schemas']['NextAdjudication']>('POST', `/projects/${slug}/adjudications/next/`);
}

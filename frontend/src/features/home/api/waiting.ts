/** Discordant cases that wait for an adjudicator. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

export function waitingQuery(slug: string) {
  return queryOptions({
    queryKey: ['adjudications-waiting', slug],
    queryFn: ({ signal }) =>
      request<components['schemas']['AdjudicationsWaiting']>('GET', `/projects/${slug}/adjudications/waiting/`, { signal }),
  });
}

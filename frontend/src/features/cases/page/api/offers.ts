/** Everybody to whom the case was offered, by which rule. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../../api/client';
import type { components } from '../../../../api/schema';

export function caseOffersQuery(id: string) {
  return queryOptions({
    queryKey: ['case-why', id],
    queryFn: ({ signal }) => request<components['schemas']['WhyOutput']>('GET', `/cases/${id}/why/`, { signal }),
  });
}

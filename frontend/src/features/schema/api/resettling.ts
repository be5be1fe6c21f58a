/** Settling cases anew under the schema and protocol in force: compared first, then done. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { isActive } from '../../../api/jobs';
import type { components } from '../../../api/schema';

export type Resettling = components['schemas']['ResettlingOutput'];

export function resettlingQuery(slug: string) {
  return queryOptions({
    queryKey: ['resettling', slug],
    queryFn: ({ signal }) =>
      request<{ newest: Resettling | null }>('GET', `/projects/${slug}/resettling/`, { signal }),
    refetchInterval: (query) => (isActive(query.state.data?.newest?.state ?? 'succeeded') ? 1500 : false),
  });
}

/** Without a comparison that was seen, asks for one. */
export function useResettle(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (compared: string | null) =>
      request<Resettling>('POST', `/projects/${slug}/resettling/`, { body: { compared } }),
    onSuccess: (newest) => queryClient.setQueryData(resettlingQuery(slug).queryKey, { newest }),
  });
}

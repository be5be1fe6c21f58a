/** Rounds beside the standing one: a supplementary pass asks new findings of cases that were read without them. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

export type Lacking = components['schemas']['LackingOutput'];

export function roundPreviewQuery(slug: string) {
  return queryOptions({
    queryKey: ['round-preview', slug],
    queryFn: ({ signal }) => request<{ results: Lacking[] }>('GET', `/projects/${slug}/rounds/preview/`, { signal }),
  });
}

export function useSupplementary(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (finding: string) =>
      request<components['schemas']['RoundOutput']>('POST', `/projects/${slug}/rounds/`, {
        body: { findings: [finding] },
      }),
    onSettled: () => queryClient.invalidateQueries(roundPreviewQuery(slug)),
  });
}

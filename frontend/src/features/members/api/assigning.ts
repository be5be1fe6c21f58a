/** Giving chosen cases to chosen readers: what would come of it, and doing it. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { workKey } from './work';

type Schemas = components['schemas'];

export type GivenToReader = Schemas['GivenToReader'];

export interface Choosing {
  numbers: number[];
  readers: string[];
}

export function assigningPreviewQuery(slug: string, choosing: Choosing) {
  return queryOptions({
    queryKey: ['assigning', slug, choosing],
    queryFn: ({ signal }) =>
      request<Schemas['GivenList']>('POST', `/projects/${slug}/assigned/preview/`, { body: choosing, signal }),
    retry: false,
    gcTime: 0,
    staleTime: 0,
  });
}

export function useAssign(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (choosing: Choosing) => request<Schemas['GivenList']>('POST', `/projects/${slug}/assigned/`, { body: choosing }),
    // Also when no answer came: some may have been given.
    onSettled: () => queryClient.invalidateQueries({ queryKey: workKey(slug) }),
  });
}

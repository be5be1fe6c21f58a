/** Filters of the list under a name, shared by all who manage the project. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

type Schemas = components['schemas'];

export type SavedFilter = Schemas['SavedFilterOutput'];
export type FilterToSave = Schemas['SavedFilterInputRequest'];

export function savedFiltersQuery(slug: string) {
  return queryOptions({
    queryKey: ['case-filters', slug],
    queryFn: ({ signal }) => request<Schemas['SavedFilterList']>('GET', `/projects/${slug}/case-filters/`, { signal }),
  });
}

export function useSaveFilter(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: FilterToSave) => request<SavedFilter>('POST', `/projects/${slug}/case-filters/`, { body }),
    onSuccess: () => queryClient.invalidateQueries(savedFiltersQuery(slug)),
  });
}

export function useDeleteFilter(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request('DELETE', `/projects/${slug}/case-filters/${id}/`),
    onSettled: () => queryClient.invalidateQueries(savedFiltersQuery(slug)),
  });
}

/** Cases of a project as its manager sees them, and why one was or will be offered. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

type Schemas = components['schemas'];

export type CaseRow = Schemas['CaseRow'];
export type CasePage = Schemas['CasePage'];
/** One time the case was offered to a reader. */
export type Offer = Schemas['OfferOutput'];
export type Ranked = Schemas['RankedOutput'];
export type CaseWhy = Schemas['WhyOutput'];
/** What the case's study holds beside the images that are read. */
export type CaseObject = Schemas['CaseObjectOutput'];

export interface CaseFilter {
  split: string | null;
  state: string | null;
  /** `17`, `Case 17`, or a reader's name with her own number of the case. */
  find: string | null;
  /** `-number`: the highest number first. */
  order: string | null;
}

export function casesQuery(slug: string, filter: CaseFilter, cursor: string | null) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, cursor })) if (value) query.set(name, value);
  return queryOptions({
    queryKey: ['cases', slug, query.toString()],
    queryFn: ({ signal }) => request<CasePage>('GET', `/projects/${slug}/cases/?${query}`, { signal }),
  });
}

export function caseWhyQuery(id: string) {
  return queryOptions({
    queryKey: ['case-why', id],
    queryFn: ({ signal }) => request<CaseWhy>('GET', `/cases/${id}/why/`, { signal }),
  });
}

export function caseObjectsQuery(id: string) {
  return queryOptions({
    queryKey: ['case-objects', id],
    queryFn: ({ signal }) => request<Schemas['CaseObjects']>('GET', `/cases/${id}/objects/`, { signal }),
  });
}

/** Give readers the version that waits: images came after the case was opened. */
export function useAcceptVersion() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (caseId: string) => request('POST', `/cases/${caseId}/accept-version/`, { body: {} }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['cases'] }),
  });
}

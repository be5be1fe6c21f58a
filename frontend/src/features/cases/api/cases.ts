/** Cases of a project as its manager sees them, and why one was or will be offered. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { listQuery, type Asked, type Filter } from '../asked';
import { casesChanged } from './changed';

type Schemas = components['schemas'];

export type CaseRow = Schemas['CaseRow'];
export type CasePage = Schemas['CasePage'];
/** One time the case was offered to a reader. */
export type Offer = Schemas['OfferOutput'];
export type Ranked = Schemas['RankedOutput'];
export type CaseWhy = Schemas['WhyOutput'];
/** What the case's study holds beside the images that are read. */
export type CaseObject = Schemas['CaseObjectOutput'];

/** A page of the list. */
export function casesQuery(slug: string, asked: Asked) {
  const query = listQuery(asked);
  return queryOptions({
    queryKey: ['cases', slug, asked.isSheet, query],
    queryFn: ({ signal }) => request<CasePage>('GET', `/projects/${slug}/cases/?${query}`, { signal }),
  });
}

/** How many there are of what is asked, counted up to a thousand. */
export function caseCountQuery(slug: string, filter: Filter) {
  const query = new URLSearchParams(filter).toString();
  return queryOptions({
    queryKey: ['cases', slug, 'count', query],
    queryFn: ({ signal }) => request<Schemas['CaseCount']>('GET', `/projects/${slug}/cases/count/?${query}`, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** The sites and views that there are. */
export function caseChoicesQuery(slug: string) {
  return queryOptions({
    queryKey: ['case-choices', slug],
    queryFn: ({ signal }) => request<Schemas['CaseChoices']>('GET', `/projects/${slug}/cases/choices/`, { signal }),
    staleTime: 60_000,
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
    onSettled: () => casesChanged(queryClient),
  });
}

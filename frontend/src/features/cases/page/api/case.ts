/** One case as those who steer the project see it, and, apart from it, what was said of it. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../../api/client';
import type { components } from '../../../../api/schema';

type Schemas = components['schemas'];

export type CasePage = Schemas['CasePageOutput'];
export type CaseScore = Schemas['CaseScoreOutput'];
export type CaseRecord = Schemas['CaseRecordOutput'];
export type RecordedRead = Schemas['RecordedRead'];
export type RecordedLabel = Schemas['RecordedLabel'];
export type RecordedDecision = Schemas['RecordedDecision'];
export type CaseEvent = Schemas['EventOutput'];

export function casePageQuery(slug: string, number: string, version: string | null) {
  const query = version === null ? '' : `?version=${encodeURIComponent(version)}`;
  return queryOptions({
    queryKey: ['case', slug, number, version],
    queryFn: ({ signal }) => request<CasePage>('GET', `/projects/${slug}/cases/${number}/${query}`, { signal }),
  });
}

/** Every request is a look that is kept: once for each opening of the page. */
const ONCE = { staleTime: Infinity, gcTime: 0, retry: false, refetchOnWindowFocus: false } as const;

export function caseRecordQuery(id: string) {
  return queryOptions({
    queryKey: ['case-record', id],
    queryFn: ({ signal }) => request<CaseRecord>('GET', `/cases/${id}/record/`, { signal }),
    ...ONCE,
  });
}

export function caseHistoryQuery(id: string) {
  return queryOptions({
    queryKey: ['case-history', id],
    queryFn: ({ signal }) => request<Schemas['CaseHistory']>('GET', `/cases/${id}/history/`, { signal }),
    ...ONCE,
  });
}

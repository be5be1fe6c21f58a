/** Cases of a project as its manager sees them, and why one was or will be offered. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';

export interface CaseRow {
  id: string;
  label: string;
  split: 'pool' | 'validation' | 'test';
  state: 'not_begun' | 'begun' | 'complete' | 'closed';
  n_submitted: number;
  n_needed: number;
  n_images?: number;
  modality?: string;
  view?: string;
  discordant?: string[];
}

export interface CasePage {
  results: CaseRow[];
  next: string | null;
}

export interface CaseFilter {
  split: string | null;
  state: string | null;
}

export function casesQuery(slug: string, filter: CaseFilter, cursor: string | null) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...filter, cursor })) if (value) query.set(name, value);
  return queryOptions({
    queryKey: ['cases', slug, query.toString()],
    queryFn: ({ signal }) => request<CasePage>('GET', `/projects/${slug}/cases/?${query}`, { signal }),
  });
}

export interface WhyAssignment {
  reader: string;
  rule: string;
  position: number | null;
  score: number | null;
  model?: number | null;
  created_at: string;
  state: string;
}

export interface WhyRanked {
  position: number;
  why: string;
  score: number | null;
  probabilities: Record<string, number>;
  acquisition?: string;
  model_number?: number | null;
  published_at?: string;
}

export interface CaseWhy {
  case: string;
  label: string;
  assignments: WhyAssignment[];
  ranking: WhyRanked | null;
}

export function caseWhyQuery(id: string) {
  return queryOptions({
    queryKey: ['case-why', id],
    queryFn: ({ signal }) => request<CaseWhy>('GET', `/cases/${id}/why/`, { signal }),
  });
}

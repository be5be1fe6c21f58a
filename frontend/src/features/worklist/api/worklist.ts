/** The reader's own cases. Nothing of any other reader is in these answers. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';

export interface OpenCase {
  id: string;
  label: string;
  state: string;
  opened_at: string | null;
}

export interface ReturnedCase {
  id: string;
  label: string;
  note: string;
}

export interface SubmittedCase {
  id: string;
  label: string;
  submitted_at: string;
  version: number;
  closed: boolean;
}

export interface Worklist {
  today: { n_submitted: number; median_seconds: number | null };
  open: OpenCase[];
  returned: ReturnedCase[];
  submitted: SubmittedCase[];
  next: string | null;
  messages?: string[];
}

export function worklistQuery(slug: string, cursor: string | null) {
  return queryOptions({
    queryKey: ['worklist', slug, cursor],
    queryFn: ({ signal }) =>
      request<Worklist>(
        'GET',
        `/projects/${slug}/worklist/${cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`}`,
        { signal },
      ),
    staleTime: 0,
  });
}

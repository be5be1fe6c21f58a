/** The parts of the reader's own worklist that the workspace shows: today's count and the way back. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';

export interface OwnWorklist {
  today: { n_submitted: number; median_seconds: number | null };
  submitted: { id: string; label: string; submitted_at: string; closed: boolean }[];
}

export function workspaceWorklist(slug: string) {
  return queryOptions({
    queryKey: ['worklist', slug, 'workspace'],
    queryFn: () => request<OwnWorklist>('GET', `/projects/${slug}/worklist/`),
    enabled: slug !== '',
  });
}

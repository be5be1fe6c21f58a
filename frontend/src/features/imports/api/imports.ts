/** The list of a project's imports. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { isUnderWay } from '../../../api/imports';
import type { components } from '../../../api/schema';

export type ImportRow = components['schemas']['ImportRow'];

export function importsQuery(slug: string) {
  return queryOptions({
    queryKey: ['imports', slug],
    queryFn: ({ signal }) =>
      request<{ results: ImportRow[] }>('GET', `/projects/${slug}/imports/`, { signal }),
    refetchInterval: (query) =>
      query.state.data?.results.some((batch) => isUnderWay(batch.state)) ? 2000 : false,
  });
}

/** Rounds beside the standing one: a supplementary pass asks new findings of cases that were read without them. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { Intents } from '../../../lib/intents';

export type Lacking = components['schemas']['LackingOutput'];

export function roundPreviewQuery(slug: string) {
  return queryOptions({
    queryKey: ['round-preview', slug],
    queryFn: ({ signal }) => request<{ results: Lacking[] }>('GET', `/projects/${slug}/rounds/preview/`, { signal }),
  });
}

/** Asked again because no answer came, a finding opens no second round. */
export function useSupplementary(slug: string) {
  const queryClient = useQueryClient();
  const [intents] = useState(() => new Intents());
  return useMutation({
    mutationFn: (finding: string) =>
      request<components['schemas']['RoundOutput']>('POST', `/projects/${slug}/rounds/`, {
        body: { findings: [finding], client_uuid: intents.idOf(finding) },
      }),
    onSuccess: (_, finding) => intents.acknowledged(finding),
    onSettled: () => queryClient.invalidateQueries(roundPreviewQuery(slug)),
  });
}

/** Correcting one case or image: what would follow, and having it done as it was shown. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { Intents } from '../../../lib/intents';
import { casesChanged } from './changed';

type Schemas = components['schemas'];

export type Preview = Schemas['CorrectionPreviewOutput'];
export type Correction = Schemas['CorrectionOutput'];
/** What is to be: `{split: 'test'}`. */
export type Wanted = Record<string, string>;

/** What is corrected. */
export type Address =
  | `/cases/${string}/${'split' | 'patient' | 'site'}/`
  | `/instances/${string}/${'view' | 'in-case'}/`;

export function previewQuery(address: Address, wanted: Wanted | null) {
  return queryOptions({
    queryKey: ['correction', address, wanted],
    queryFn: ({ signal }) =>
      request<Preview>('GET', `${address}?${new URLSearchParams(wanted ?? {}).toString()}`, { signal }),
    enabled: wanted !== null,
    retry: false,
    // What follows is shown as it is now: somebody may open a case meanwhile.
    gcTime: 0,
  });
}

/** What has been corrected from this case, newest first. */
export function correctionsQuery(caseId: string) {
  return queryOptions({
    queryKey: ['case-corrections', caseId],
    queryFn: ({ signal }) => request<Schemas['Corrections']>('GET', `/cases/${caseId}/corrections/`, { signal }),
  });
}

export function useCorrect(address: Address) {
  const queryClient = useQueryClient();
  const [intents] = useState(() => new Intents());
  return useMutation({
    mutationFn: async (asked: { wanted: Wanted; reason: string; shown: string }) => {
      const content = JSON.stringify(asked);
      const { wanted, reason, shown } = asked;
      const body = { ...wanted, reason, shown, client_uuid: intents.idOf(content) };
      const made = await request<Correction>('POST', address, { body });
      intents.acknowledged(content);
      return made;
    },
    onSuccess: () => casesChanged(queryClient),
    // Something else follows by now: it is shown before it can be done.
    onError: () => queryClient.invalidateQueries({ queryKey: ['correction', address] }),
  });
}

/** Two cases of one person: what would follow, and joining their patients. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { casesChanged } from './changed';

type Schemas = components['schemas'];

export type Joining = Schemas['JoiningOutput'];
/** Whose split the person keeps: of the case at hand, or of the other. */
export type Keep = 'this' | 'other';

export interface Asked {
  sameAs: number;
  keep: Keep;
}

export function joiningQuery(caseId: string, asked: Asked | null) {
  return queryOptions({
    queryKey: ['case-joining', caseId, asked],
    queryFn: ({ signal }) =>
      request<Joining>('GET', `/cases/${caseId}/joining/?same_as=${asked?.sameAs}&keep=${asked?.keep}`, { signal }),
    enabled: asked !== null,
    retry: false,
    // What follows is shown as it is now: somebody may open a case meanwhile.
    gcTime: 0,
  });
}

export function useJoinPatients(caseId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ sameAs, keep, split, excluded }: Asked & Pick<Joining, 'split' | 'excluded'>) =>
      request<Joining>('POST', `/cases/${caseId}/joining/`, { body: { same_as: sameAs, keep, split, excluded } }),
    onSettled: () => {
      void casesChanged(queryClient);
      void queryClient.invalidateQueries({ queryKey: ['case-joining'] });
    },
  });
}

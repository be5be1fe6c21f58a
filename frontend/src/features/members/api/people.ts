/** What is changed of one person: her roles, and whether she is here. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { isApiError } from '../../../api/errors';
import { membersChanged, membersQuery, type Member, type Members } from '../../../api/members';
import type { Role } from '../../../api/types';
import type { Times } from '../absence';
import { workKey } from './work';

export function useRoles(slug: string, member: Member) {
  return useChange(slug, (roles: Role[]) =>
    request<Members>('PUT', `/projects/${slug}/members/${member.user.id}/`, {
      body: { roles, edited_from: member.roles },
    }),
  );
}

/** Null: she is here. */
export function useAbsence(slug: string, member: Member) {
  return useChange(slug, (absence: Times | null) =>
    request<Members>('PUT', `/projects/${slug}/members/${member.user.id}/absence/`, {
      body: { absence, edited_from: member.absence?.id ?? null },
    }),
  );
}

function useChange<T>(slug: string, mutationFn: (change: T) => Promise<Members>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: (members) => {
      // What she held may have gone back.
      void queryClient.invalidateQueries({ queryKey: workKey(slug) });
      return membersChanged(queryClient, slug, members);
    },
    // Another manager was quicker: what holds now is shown beside the sentence.
    onError: (error) => isApiError(error) && error.status === 412 && queryClient.invalidateQueries(membersQuery(slug)),
  });
}

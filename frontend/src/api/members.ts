/** Who does what in a project. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from './client';
import type { components } from './schema';
import type { Role } from './types';

export type Member = components['schemas']['MemberOutput'];

export function membersQuery(slug: string) {
  return queryOptions({
    queryKey: ['members', slug],
    queryFn: ({ signal }) => request<{ results: Member[] }>('GET', `/projects/${slug}/members/`, { signal }),
  });
}

export type MemberChange =
  | { kind: 'add'; username: string; role: Role }
  | { kind: 'remove'; user: string; role: Role };

export function useMemberChange(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: MemberChange) =>
      change.kind === 'add'
        ? request('POST', `/projects/${slug}/members/`, { body: { username: change.username, role: change.role } })
        : request('DELETE', `/projects/${slug}/members/${change.user}/${change.role}/`),
    onSuccess: () => queryClient.invalidateQueries(membersQuery(slug)),
  });
}

/** Who does what in a project. */
import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';

import { request } from './client';
import { projectQuery } from './projects';
import type { components } from './schema';
import { sessionQuery } from './session';
import type { Role } from './types';

export type Member = components['schemas']['MemberOutput'];
export type Members = components['schemas']['MemberList'];

export function membersQuery(slug: string) {
  return queryOptions({
    queryKey: ['members', slug],
    queryFn: ({ signal }) => request<Members>('GET', `/projects/${slug}/members/`, { signal }),
  });
}

/** The members are these now. She may have changed her own roles, by which pages decide what they show her. */
export function membersChanged(queryClient: QueryClient, slug: string, members: Members): Promise<unknown> {
  queryClient.setQueryData(membersQuery(slug).queryKey, members);
  return Promise.all([queryClient.invalidateQueries(sessionQuery), queryClient.invalidateQueries(projectQuery(slug))]);
}

export function useAddMember(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (added: { username: string; role: Role }) => request<Members>('POST', `/projects/${slug}/members/`, { body: added }),
    onSuccess: (members) => membersChanged(queryClient, slug, members),
  });
}

/** She reads or decides. */
export function isGivenCases({ roles }: Member): boolean {
  return roles.includes('reader') || roles.includes('adjudicator');
}

/** Cases are given to her: she is neither paused nor on leave. */
export function isHere(member: Member): boolean {
  return member.absence?.has_begun !== true;
}

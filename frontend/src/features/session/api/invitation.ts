/** What the holder of an invitation's link sees and does. The secret goes in the body, never in an address. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';

import { forgetPerson, request } from '../../../api/client';
import { isApiError } from '../../../api/errors';
import type { components } from '../../../api/schema';
import { sessionQuery, takeSession } from '../../../api/session';
import { useBeginSession } from '../useBeginSession';

type Schemas = components['schemas'];

export type InvitationView = Schemas['InvitationView'];
export type NewPerson = Schemas['InvitationPersonRequest'];

export function invitationQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => request<InvitationView>('POST', '/invitation/', { body: { token }, signal }),
    staleTime: Infinity,
    gcTime: 0,
  });
}

/** Joins as `person`, who is new, or as whoever is signed in; then the project opens. */
export function useAccept(token: string) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const begin = useBeginSession();
  return useMutation({
    gcTime: 0,
    mutationFn: (person: NewPerson | null) =>
      request<Schemas['InvitationAccepted']>('POST', '/invitation/accept/', { body: { token, person } }),
    onSuccess: ({ slug, session }) => {
      begin(takeSession(session));
      // The link has done its work and does not stay among the pages to go back to.
      void navigate(`/p/${slug}`, { replace: true });
    },
    onError: (error) => {
      if (!isApiError(error) || error.status !== 401) return;
      // The session ended, or is another person's now: the page says who would join.
      forgetPerson();
      void queryClient.invalidateQueries(sessionQuery);
    },
  });
}

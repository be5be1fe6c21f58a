/** Invitations of a project: what became of each, making links, withdrawing them. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { request } from '../../../api/client';
import { isApiError } from '../../../api/errors';
import type { components } from '../../../api/schema';
import { Intents } from '../../../lib/intents';
import type { Invited } from '../invited';

type Schemas = components['schemas'];

export type Invitation = Schemas['InvitationOutput'];
export type MadeInvitation = Schemas['MadeInvitation'];

export interface Invitations {
  days: 1 | 7 | 30;
  invitations: Invited[];
}

export function invitationsQuery(slug: string, cursor: string | null = null) {
  const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
  return queryOptions({
    queryKey: ['invitations', slug, cursor],
    queryFn: ({ signal }) => request<Schemas['InvitationList']>('GET', `/projects/${slug}/invitations/${query}`, { signal }),
  });
}

/** Asked again because no answer came, it makes no second set: the server says that the links were made and are gone. */
export function useInvite(slug: string) {
  const queryClient = useQueryClient();
  const [intents] = useState(() => new Intents());
  return useMutation({
    // What it answers holds secrets and is not kept.
    gcTime: 0,
    mutationFn: (invitations: Invitations) => {
      const body = { ...invitations, client_uuid: intents.idOf(JSON.stringify(invitations)) };
      return request<Schemas['MadeInvitations']>('POST', `/projects/${slug}/invitations/`, { body });
    },
    onSettled: (_, error, invitations) => {
      if (error === null || isApiError(error, 'invitations_already_made')) intents.acknowledged(JSON.stringify(invitations));
      return queryClient.invalidateQueries({ queryKey: ['invitations', slug] });
    },
  });
}

export function useWithdraw(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request('POST', `/invitations/${id}/withdraw/`, { body: {} }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['invitations', slug] }),
  });
}

/** Deleting an archived project: nobody sees it from then on. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { sessionQuery } from '../../../api/session';

export type DeletionAsked = components['schemas']['DeletionAsked'];

/** `onDeleted` comes first: the page of a project that she is no longer in gives way at once. */
export function useDeleteProject(slug: string, onDeleted: (asked: DeletionAsked) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: components['schemas']['DeletionInputRequest']) =>
      request<DeletionAsked>('POST', `/projects/${slug}/delete/`, { body }),
    onSuccess: (asked) => {
      onDeleted(asked);
      // The menu and the start page take her projects from the session.
      return queryClient.invalidateQueries(sessionQuery);
    },
  });
}

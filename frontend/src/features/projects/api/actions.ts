/** What a manager does from the dashboard: see flags, take late reads, free slots. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { dashboardQuery } from '../../../api/dashboard';

export type ManagerAction =
  | { kind: 'flag-seen'; id: string }
  | { kind: 'late-read-accept'; id: string }
  | { kind: 'assignment-release'; id: string };

const PATHS = {
  'flag-seen': (id: string) => `/flags/${id}/seen/` as const,
  'late-read-accept': (id: string) => `/late-reads/${id}/accept/` as const,
  'assignment-release': (id: string) => `/assignments/${id}/manager-release/` as const,
} satisfies Record<ManagerAction['kind'], (id: string) => string>;

export function useManagerAction(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, id }: ManagerAction) => request('POST', PATHS[kind](id), { body: {} }),
    onSettled: () => queryClient.invalidateQueries(dashboardQuery(slug)),
  });
}

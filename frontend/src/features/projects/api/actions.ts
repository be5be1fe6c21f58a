/** What a manager does from the dashboard: see flags, take late reads, free slots. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { dashboardQuery } from '../../../api/dashboard';

export type ManagerAction =
  | { kind: 'flag-seen'; id: string }
  | { kind: 'late-read-accept'; id: string }
  | { kind: 'assignment-release'; id: string };

const PATHS: Record<ManagerAction['kind'], (id: string) => string> = {
  'flag-seen': (id) => `/flags/${id}/seen/`,
  'late-read-accept': (id) => `/late-reads/${id}/accept/`,
  'assignment-release': (id) => `/assignments/${id}/manager-release/`,
};

export function useManagerAction(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, id }: ManagerAction) => request('POST', PATHS[kind](id), { body: {} }),
    onSettled: () => queryClient.invalidateQueries(dashboardQuery(slug)),
  });
}

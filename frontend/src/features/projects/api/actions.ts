/** What a manager does from the dashboard: see flags, take late reads, free slots, export. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { request, requestBlob } from '../../../api/client';
import { dashboardQuery } from '../../../api/dashboard';
import { downloadBlob } from '../../../lib/download';

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

export type ExportWhat = 'reads' | 'consensus' | 'adjudications';
export type ExportFormat = 'csv' | 'json';

export function useExport(slug: string) {
  return useMutation({
    mutationFn: async ({ what, format }: { what: ExportWhat; format: ExportFormat }) => {
      const file = await requestBlob('POST', `/projects/${slug}/exports/`, {
        body: { what, format },
        headers: { Accept: '*/*' },
      });
      downloadBlob(file, `${slug}-${what}-${new Date().toISOString().slice(0, 10)}.${format}`);
    },
  });
}

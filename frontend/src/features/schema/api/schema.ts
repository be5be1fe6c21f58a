/** New versions of a project's label schema and reading protocol. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { projectQuery, type Protocol } from '../../../api/projects';
import type { Finding, LabelSchema, RegionClass } from '../../../api/types';

export function useSaveSchema(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: { findings: Finding[]; region_classes: RegionClass[] }) =>
      request<LabelSchema>('POST', `/projects/${slug}/schema/`, { body }),
    onSuccess: () => queryClient.invalidateQueries(projectQuery(slug)),
  });
}

export function useSaveProtocol(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (body: Omit<Protocol, 'version'>) => request<Protocol>('POST', `/projects/${slug}/protocol/`, { body }),
    onSuccess: () => queryClient.invalidateQueries(projectQuery(slug)),
  });
}

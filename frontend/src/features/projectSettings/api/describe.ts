/** Changing what people see of a project, leaving it as it is, and going on with it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { projectQuery, type Project } from '../../../api/projects';
import type { components } from '../../../api/schema';
import { sessionQuery } from '../../../api/session';

export type ProjectChange = components['schemas']['PatchedProjectChangeRequest'];

export function useDescribeProject(slug: string) {
  const onSuccess = useChanged(slug);
  return useMutation({
    mutationFn: (change: ProjectChange) => request<Project>('PATCH', `/projects/${slug}/`, { body: change }),
    onSuccess,
  });
}

export function useArchiveProject(slug: string) {
  const onSuccess = useChanged(slug);
  return useMutation({
    mutationFn: (what: 'archive' | 'bring-back') => request<Project>('POST', `/projects/${slug}/${what}/`),
    onSuccess,
  });
}

function useChanged(slug: string) {
  const queryClient = useQueryClient();
  return (project: Project) => {
    queryClient.setQueryData(projectQuery(slug).queryKey, project);
    // The menu and the start page take what they say of a project from the session.
    return queryClient.invalidateQueries(sessionQuery);
  };
}

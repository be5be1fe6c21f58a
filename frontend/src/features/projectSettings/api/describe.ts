/** Changing what people see of a project. */
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { projectQuery, type Project } from '../../../api/projects';
import type { components } from '../../../api/schema';
import { sessionQuery } from '../../../api/session';

export type ProjectChange = components['schemas']['PatchedProjectChangeRequest'];

export function useDescribeProject(slug: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: ProjectChange) => request<Project>('PATCH', `/projects/${slug}/`, { body: change }),
    onSuccess: (project) => {
      queryClient.setQueryData(projectQuery(slug).queryKey, project);
      // The menu and the start page take their names from the session.
      return queryClient.invalidateQueries(sessionQuery);
    },
  });
}

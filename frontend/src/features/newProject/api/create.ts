/** The templates there are, and making a project. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { sessionQuery } from '../../../api/session';
import type { ProjectRef } from '../../../api/types';

type Schemas = components['schemas'];

export type Template = Schemas['ProjectTemplate'];
export type NewProject = Schemas['ProjectInputRequest'];

export const templatesQuery = queryOptions({
  queryKey: ['project-templates'],
  queryFn: ({ signal }) => request<{ results: Template[] }>('GET', '/project-templates/', { signal }),
  staleTime: Infinity,
});

export function useCreateProject() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (project: NewProject) => request<ProjectRef>('POST', '/projects/', { body: project }),
    // Her projects and roles come with the session: without it the new project's pages would not let her in.
    onSuccess: () => queryClient.invalidateQueries(sessionQuery),
  });
}

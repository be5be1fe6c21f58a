/** One project: its name, the person's roles in it, the schema and protocol in force. */
import { queryOptions } from '@tanstack/react-query';

import { request } from './client';
import type { components } from './schema';
import type { LabelSchema } from './types';

type Schemas = components['schemas'];

export type FindingRule = Schemas['FindingRuleOutput'];
export type Rule = FindingRule['rule'];

export const CONTEXT_FIELDS = ['age', 'sex', 'view', 'indication', 'prior'] as const;

/** What a manager sees of the protocol; the others get a part of it. */
export type Protocol = Schemas['ProtocolOutput'];
export type Project = Omit<Schemas['ProjectDetail'], 'protocol' | 'schema'> & {
  protocol: Partial<Protocol>;
  schema: LabelSchema;
};

export function projectQuery(slug: string) {
  return queryOptions({
    queryKey: ['project', slug],
    queryFn: ({ signal }) => request<Project>('GET', `/projects/${slug}/`, { signal }),
    staleTime: 30_000,
  });
}

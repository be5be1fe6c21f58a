/** One project: its name, the person's roles in it, the schema and protocol in force. */
import { queryOptions } from '@tanstack/react-query';

import { request } from './client';
import type { LabelSchema, Role } from './types';

export type Rule = 'adjudicate' | 'majority' | 'any_positive' | 'soft';

export interface FindingRule {
  rule: Rule;
  present_uncertain: boolean;
  uncertain_absent: boolean;
}

export const CONTEXT_FIELDS = ['age', 'sex', 'view', 'indication', 'prior'] as const;

/** What a manager sees of the protocol. */
export interface Protocol {
  version: number;
  readers_per_case: number;
  blinded: boolean;
  ai_visible: boolean;
  context_fields: string[];
  eval_interleave: number;
  eval_target: number;
  iou_threshold: number;
  adjudicate_own_reads: boolean;
  show_outcome_when_closed: boolean;
  finding_rules: Record<string, FindingRule>;
}

export interface Project {
  id: string;
  slug: string;
  name: string;
  roles: Role[];
  allowed_actions: string[];
  schema: LabelSchema;
  protocol: Partial<Protocol> | null;
  warnings?: string[];
}

export function projectQuery(slug: string) {
  return queryOptions({
    queryKey: ['project', slug],
    queryFn: ({ signal }) => request<Project>('GET', `/projects/${slug}/`, { signal }),
    staleTime: 30_000,
  });
}

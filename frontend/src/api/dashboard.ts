/** The data manager's figures of a project. */
import { queryOptions } from '@tanstack/react-query';

import { request } from './client';
import type { ModelSummary } from './models';
import type { components } from './schema';

type Schemas = components['schemas'];

export type AgreementRow = Schemas['AgreementOutput'];
/** Two readers on one finding. */
export type PairRow = Schemas['PairOutput'];
export type FlagRow = Schemas['FlagRow'];
export type LateReadRow = Schemas['LateReadRow'];
export type OpenAssignmentRow = Schemas['OpenAssignmentRow'];
export type ReaderRow = Schemas['ReaderFigures'];
export type Dashboard = Omit<Schemas['Dashboard'], 'model'> & { model: ModelSummary | null };

export function dashboardQuery(slug: string) {
  return queryOptions({
    queryKey: ['dashboard', slug],
    queryFn: ({ signal }) => request<Dashboard>('GET', `/projects/${slug}/dashboard/`, { signal }),
    refetchInterval: 15_000,
  });
}

/** Neither seen by the manager nor taken back by the reader. */
export function isToSee(flag: FlagRow): boolean {
  return flag.seen_at === null && flag.withdrawn_at === null;
}

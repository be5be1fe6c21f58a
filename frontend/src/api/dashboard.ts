/** The data manager's figures of a project. */
import { queryOptions } from '@tanstack/react-query';

import { request } from './client';
import type { ModelSummary } from './models';
import type { components } from './schema';

type Schemas = components['schemas'];

export type AgreementRow = Schemas['AgreementOutput'];
/** Two readers on one finding. */
export type PairRow = Schemas['PairOutput'];
/** A round that has tables of agreement. */
export type AgreementRound = Schemas['AgreementRound'];
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

/** The tables of one round; those of the standing one come with the dashboard. */
export function agreementQuery(slug: string, round: number) {
  return queryOptions({
    queryKey: ['agreement', slug, round],
    queryFn: ({ signal }) => request<Schemas['AgreementPage']>('GET', `/projects/${slug}/agreement/?round=${round}`, { signal }),
    refetchInterval: 15_000,
  });
}

/** Neither seen by the manager nor taken back by the reader. */
export function isToSee(flag: FlagRow): boolean {
  return flag.seen_at === null && flag.withdrawn_at === null;
}

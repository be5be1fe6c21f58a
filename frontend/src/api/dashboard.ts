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

/** The tables of one round, with those of each two readers; they change only when the figures are computed anew. */
export function agreementQuery(slug: string, round: number, computedAt: string | null) {
  return queryOptions({
    queryKey: ['agreement', slug, round, computedAt],
    queryFn: ({ signal }) => request<Schemas['AgreementPage']>('GET', `/projects/${slug}/agreement/?round=${round}`, { signal }),
    staleTime: Infinity,
    placeholderData: (previous, query) => (query?.queryKey[2] === round ? previous : undefined),
  });
}

/** Neither seen by the manager nor taken back by the reader. */
export function isToSee(flag: FlagRow): boolean {
  return flag.seen_at === null && flag.withdrawn_at === null;
}

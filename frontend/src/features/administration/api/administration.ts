/** The administrator's panels. What changes by itself is asked again calmly, and not while the page is hidden. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

type Schemas = components['schemas'];

export type Person = Schemas['PersonOutput'];
export type AdministeredProject = Schemas['AdministeredProject'];
export type Deletion = Schemas['DeletionOutput'];
export type Worker = Schemas['WorkerOutput'];
export type Queues = Schemas['Queues'];
export type FailedJob = Schemas['FailedJob'];
export type Folder = Schemas['FolderOutput'];
export type Store = Schemas['Store'];
export type Database = Schemas['Database'];
export type Versions = Schemas['Versions'];
export type Seals = Schemas['Seals'];

const OFTEN_MS = 10_000;
const SELDOM_MS = 60_000;
const BASE = '/administration';

type Panel = 'workers' | 'queues' | 'seals' | 'disk' | 'database' | 'versions' | 'store';

/** Keys of everything here begin so, and one panel is asked for by one request. */
function panelQuery<T>(panel: Panel, every: number | false) {
  return queryOptions({
    queryKey: ['administration', panel],
    queryFn: ({ signal }) => request<T>('GET', `${BASE}/${panel}/`, { signal }),
    refetchInterval: every,
  });
}

export const workersQuery = panelQuery<{ results: Worker[] }>('workers', OFTEN_MS);
export const queuesQuery = panelQuery<Queues>('queues', OFTEN_MS);
export const sealsQuery = panelQuery<Seals>('seals', SELDOM_MS);
export const diskQuery = panelQuery<{ results: Folder[] }>('disk', SELDOM_MS);
export const databaseQuery = panelQuery<Database>('database', SELDOM_MS);
export const versionsQuery = panelQuery<Versions>('versions', false);
/** Each time something is written into the store: only when the page is opened, or by the button. */
export const storeQuery = { ...panelQuery<Store>('store', false), refetchOnWindowFocus: false };

export function peopleQuery(prefix: string, cursor: string | null) {
  return listQuery<Person>('people', prefix, cursor);
}

export function projectsQuery(prefix: string, cursor: string | null) {
  return listQuery<AdministeredProject>('projects', prefix, cursor);
}

function listQuery<T>(what: 'people' | 'projects', prefix: string, cursor: string | null) {
  const query = new URLSearchParams({ ...(prefix !== '' && { prefix }), ...(cursor !== null && { cursor }) });
  return queryOptions({
    queryKey: ['administration', what, prefix, cursor],
    queryFn: ({ signal }) =>
      request<{ results: T[]; next: string | null }>('GET', `${BASE}/${what}/?${query}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: SELDOM_MS,
  });
}

export function deletionsQuery(cursor: string | null) {
  const query = new URLSearchParams({ ...(cursor !== null && { cursor }) });
  return queryOptions({
    queryKey: ['administration', 'deletions', cursor],
    queryFn: ({ signal }) => request<Schemas['DeletionList']>('GET', `${BASE}/deletions/?${query}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: OFTEN_MS,
  });
}

export function useTakeBack() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<Deletion>('POST', `${BASE}/deletions/${id}/take-back/`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['administration'] }),
  });
}

export type PersonAction = Person['allowed_actions'][number];

export function usePersonAction() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ person, action }: { person: Person; action: PersonAction }) =>
      request<Person>('POST', `${BASE}/people/${person.id}/${action}/`),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['administration', 'people'] }),
  });
}

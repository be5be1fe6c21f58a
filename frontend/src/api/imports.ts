/** Import batches: make one, send files into it, start it, watch it. */
import { queryOptions } from '@tanstack/react-query';

import { request } from './client';
import type { components } from './schema';

type Schemas = components['schemas'];

export type ImportRef = Schemas['ImportOutput'];
export type ImportState = ImportRef['state'];
export type ImportBatch = Schemas['ImportStatusOutput'];
export type ImportFilePage = Schemas['ImportFilePage'];
export type ImportFileRow = Schemas['ImportFileRow'];
export type FileOutcome = ImportFileRow['outcome'];
export type LabelsReport = Schemas['LabelsReport'];
/** `ask`: stop before anything is stored and show what the label table matches. */
export type LabelsAnswer = 'take' | 'ask' | 'leave';
export type MismatchKind = 'line' | 'file';

export function createImport(slug: string): Promise<ImportRef> {
  return request('POST', `/projects/${slug}/imports/`, { body: {} });
}

/** Demo only: a batch in the project of real images whose cases are read first. */
export function createOwnStudy(): Promise<ImportRef> {
  return request('POST', '/demo/own-study/', { body: {} });
}

/** Demo only: open a case of one's own import, before anything the worklist would offer. */
export function readOwnStudy(batch: string): Promise<Schemas['OwnStudyRead']> {
  return request('POST', '/demo/own-study/read/', { body: { batch } });
}

/** No more files. The import asks by itself when its label table cannot be read. */
export function finishImport(id: string, labels: LabelsAnswer): Promise<ImportRef> {
  return request('POST', `/imports/${id}/finish/`, { body: { labels } });
}

/** Send the label table of an import, or another one in its place. */
export function sendLabels(id: string, table: File): Promise<ImportRef> {
  const body = new FormData();
  body.append('file', table, table.name);
  return request('POST', `/imports/${id}/labels/`, { body });
}

/** Names of lines without a file, or of files without a line. */
export function mismatchesQuery(id: string, state: ImportState, kind: MismatchKind, cursor: string | null) {
  const query = new URLSearchParams({ kind });
  if (cursor !== null) query.set('cursor', cursor);
  return queryOptions({
    queryKey: ['import-mismatches', id, state, kind, cursor],
    queryFn: ({ signal }) =>
      request<Schemas['LabelMismatchPage']>('GET', `/imports/${id}/labels/?${query}`, { signal }),
  });
}

export function fetchImportFiles(
  id: string,
  cursor: string | null,
  outcome: FileOutcome | null = null,
  signal?: AbortSignal,
): Promise<ImportFilePage> {
  const query = new URLSearchParams();
  if (cursor !== null) query.set('cursor', cursor);
  if (outcome !== null) query.set('outcome', outcome);
  return request('GET', `/imports/${id}/files/?${query}`, { signal });
}

/** Asks again while files arrive or the server works on the batch. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: ['import', id],
    queryFn: ({ signal }) => request<ImportBatch>('GET', `/imports/${id}/`, { signal }),
    refetchInterval: (query) => importPause(query.state.data?.state),
  });
}

function importPause(state: ImportState | undefined): number | false {
  if (state === 'receiving') return 2000;
  return isUnderWay(state) ? 1000 : false;
}

export function isUnderWay(state: ImportState | undefined): boolean {
  return state === 'queued' || state === 'running';
}

/** `state` of the batch: its files change with it, and while it runs. */
export function importFilesQuery(
  id: string,
  state: ImportState,
  outcome: FileOutcome | null,
  cursor: string | null,
) {
  return queryOptions({
    queryKey: ['import-files', id, state, outcome, cursor],
    queryFn: ({ signal }) => fetchImportFiles(id, cursor, outcome, signal),
    refetchInterval: state === 'done' || state === 'failed' ? false : 3000,
  });
}

/** Paths that the server already has, so that a broken-off upload sends only the rest. */
export async function stagedPaths(id: string): Promise<Set<string>> {
  const paths = new Set<string>();
  let cursor: string | null = null;
  do {
    const page = await fetchImportFiles(id, cursor);
    page.results.forEach((file) => paths.add(file.path));
    cursor = page.next;
  } while (cursor !== null);
  return paths;
}

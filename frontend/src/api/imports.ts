/** Import batches: make one, send files into it, start it, watch it. */
import { queryOptions } from '@tanstack/react-query';

import type { PickedFile } from '../lib/fileTree';
import { API_ROOT, currentCsrfToken, request } from './client';
import { ApiError } from './errors';
import type { components } from './schema';

type Schemas = components['schemas'];

export type ImportRef = Schemas['ImportOutput'];
export type ImportState = ImportRef['state'];
export type ImportBatch = Schemas['ImportStatusOutput'];
export type ImportFilePage = Schemas['ImportFilePage'];
export type FileOutcome = Schemas['ImportFileRow']['outcome'];

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

export function finishImport(id: string): Promise<ImportRef> {
  return request('POST', `/imports/${id}/finish/`, { body: {} });
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

/** Send one file. `fetch` cannot report how much has left, `XMLHttpRequest` can. */
export function sendFile(
  batchId: string,
  picked: PickedFile,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', `${API_ROOT}/imports/${batchId}/files/`);
    call.setRequestHeader('X-CSRFToken', currentCsrfToken());
    call.setRequestHeader('Accept', 'application/json');
    call.upload.onprogress = (event) => onProgress(event.loaded);
    call.onload = () => (call.status < 300 ? resolve() : reject(uploadError(call)));
    call.onerror = () => reject(new ApiError(0, 'offline', 'The server cannot be reached.'));
    call.onabort = () => reject(new DOMException('The upload was cancelled.', 'AbortError'));
    signal.addEventListener('abort', () => call.abort(), { once: true });
    const form = new FormData();
    form.append('relative_path', picked.path);
    form.append('file', picked.file, picked.file.name);
    call.send(form);
  });
}

function uploadError(call: XMLHttpRequest): ApiError {
  const fallback = `The server answered ${call.status}. Send the file again.`;
  try {
    const body = JSON.parse(call.responseText) as { code?: string; message?: string; details?: unknown };
    return new ApiError(call.status, body.code ?? 'unknown', body.message ?? fallback, body.details ?? null);
  } catch {
    return new ApiError(call.status, 'unknown', fallback);
  }
}

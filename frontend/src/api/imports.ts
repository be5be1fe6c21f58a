/** Import batches: make one, send files into it, start it, watch it. */
import { queryOptions } from '@tanstack/react-query';

import type { PickedFile } from '../lib/fileTree';
import { API_ROOT, currentCsrfToken, request } from './client';
import { ApiError } from './errors';

export type ImportState = 'receiving' | 'queued' | 'running' | 'done' | 'failed';
export type FileOutcome = 'staged' | 'accepted' | 'duplicate' | 'rejected';

export interface OutcomeCount {
  outcome: FileOutcome;
  code: string;
  message: string;
  n: number;
}

export interface ImportBatch {
  id: string;
  state: ImportState;
  n_files: number;
  n_done: number;
  counts: OutcomeCount[];
  error: string | { message?: string } | null;
  created_at?: string;
}

export interface ImportFile {
  path: string;
  outcome: FileOutcome;
  code: string;
  message: string;
  warnings?: string[];
}

export interface ImportFilePage {
  results: ImportFile[];
  next: string | null;
}

export function createImport(slug: string): Promise<ImportBatch> {
  return request('POST', `/projects/${slug}/imports/`, { body: {} });
}

/** Demo only: a batch in the project of real images whose cases are read first. */
export function createOwnStudy(): Promise<ImportBatch> {
  return request('POST', '/demo/own-study/', { body: {} });
}

export function finishImport(id: string): Promise<ImportBatch> {
  return request('POST', `/imports/${id}/finish/`, { body: {} });
}

export function fetchImportFiles(id: string, cursor: string | null, signal?: AbortSignal): Promise<ImportFilePage> {
  const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
  return request('GET', `/imports/${id}/files/${query}`, { signal });
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

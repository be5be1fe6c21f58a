/**
 * Sends one file into a batch by the tus protocol: in pieces, from where the server's bytes end, also after a reload.
 * The browser keeps the address of an unfinished upload until it is complete.
 */
import type { PickedFile } from '../lib/fileTree';
import { API_ROOT, currentCsrfToken, renewToken } from './client';
import { ApiError, isApiError } from './errors';

/** Bytes of a piece: small enough for the limits of proxies, large enough that a fast line is not idle between two. */
const PIECE_BYTES = 16 * 1024 * 1024;

/** Codes of answers after which the server is asked how far it is, and the upload goes on. */
const PASSING_CODES = new Set(['offset_mismatch', 'busy', 'checksum_mismatch', 'csrf_failed']);
/** 401: the session ended; the upload goes on by itself once somebody is signed in again. */
const PASSING_STATES = new Set([401, 429, 502, 503, 504]);

/** One id for all tries of a file, so that a lost answer does not make it two files. */
const ids = new WeakMap<PickedFile, string>();

export function isPassing(error: unknown): boolean {
  return isApiError(error) && (error.isOffline || PASSING_STATES.has(error.status) || PASSING_CODES.has(error.code));
}

export async function sendFile(
  batchId: string,
  picked: PickedFile,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  // Only who sends needs it.
  const { Upload } = await import('tus-js-client');
  const endpoint = `${API_ROOT}/imports/${batchId}/uploads/`;
  const { file, path } = picked;
  const id = ids.get(picked) ?? crypto.randomUUID();
  ids.set(picked, id);
  const sent = new Promise<void>((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint,
      chunkSize: PIECE_BYTES,
      // The queue tries again, for all files together.
      retryDelays: null,
      uploadDataDuringCreation: true,
      removeFingerprintOnSuccess: true,
      metadata: { relativePath: path, id },
      fingerprint: () => Promise.resolve(`labelhub ${endpoint} ${path} ${file.size} ${file.lastModified}`),
      onBeforeRequest: (request) => request.setHeader('X-CSRFToken', currentCsrfToken()),
      onProgress: (sent) => onProgress(sent),
      onSuccess: () => resolve(),
      onError: (error) => reject(apiError(error)),
    });
    signal.addEventListener('abort', () => {
      void upload.abort();
      reject(new DOMException('The upload was cancelled.', 'AbortError'));
    });
    void upload.findPreviousUploads().then(([previous]) => {
      if (previous !== undefined) upload.resumeFromPreviousUpload(previous);
      if (!signal.aborted) upload.start();
    }, reject);
  });
  try {
    await sent;
  } catch (error) {
    // A new token for the next try; when another person has signed in, that is said instead.
    if (isApiError(error) && error.code === 'csrf_failed') await renewToken();
    throw error;
  }
}

function apiError(error: Error): ApiError {
  const answer = 'originalResponse' in error ? (error.originalResponse as Answer | null) : null;
  if (answer === null) return new ApiError(0, 'offline', 'The server cannot be reached.');
  const status = answer.getStatus();
  const fallback = `The server answered ${status}. Send the file again.`;
  try {
    const body = JSON.parse(answer.getBody()) as { code?: string; message?: string; details?: unknown };
    return new ApiError(status, body.code ?? 'unknown', body.message ?? fallback, body.details ?? null);
  } catch {
    // The answer to HEAD has no body.
    return new ApiError(status, status === 423 ? 'busy' : 'unknown', fallback);
  }
}

interface Answer {
  getStatus: () => number;
  getBody: () => string;
}

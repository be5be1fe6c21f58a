/** Every call of the API goes through here: session cookie, CSRF token, JSON, one error shape. */
import { ApiError } from './errors';

export const API_ROOT = '/api/v1';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Lets a request outlive the page, for the last save of a closing tab. */
  keepalive?: boolean;
}

let csrfToken = '';
const signedOutListeners = new Set<() => void>();

/** Keep the token that `GET /session/` and `POST /session/` give; it is sent with every write. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** For the one kind of request that does not go through here: an upload that reports its progress. */
export function currentCsrfToken(): string {
  return csrfToken;
}

/** Called when the server no longer knows the session, so that a page can ask for a new sign-in in place. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** A response whose body is not JSON, such as an export. Errors are thrown as everywhere. */
export async function requestBlob(method: Method, path: string, options: RequestOptions = {}): Promise<Blob> {
  return (await send(method, path, options)).blob();
}

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const response = await fetchOrOffline(path.startsWith('/api/') ? path : API_ROOT + path, {
    method,
    credentials: 'same-origin',
    headers: requestHeaders(method, options),
    body: requestBody(options.body),
    signal: options.signal,
    keepalive: options.keepalive,
  });
  if (response.ok) return response;
  const error = await readError(response);
  if (error.status === 401 && error.code !== 'invalid_credentials') signedOutListeners.forEach((call) => call());
  throw error;
}

function requestHeaders(method: Method, options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken || cookieToken();
  if (options.body !== undefined && !(options.body instanceof FormData)) headers['Content-Type'] = 'application/json';
  return headers;
}

/** The token of an earlier visit, for a write that does not wait for the session's answer. */
function cookieToken(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '';
}

function requestBody(body: unknown): BodyInit | undefined {
  if (body === undefined) return undefined;
  return body instanceof FormData ? body : JSON.stringify(body);
}

async function fetchOrOffline(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'offline', 'The server cannot be reached. Check the connection; nothing you did is lost.');
  }
}

async function readError(response: Response): Promise<ApiError> {
  const fallback = `The server answered ${response.status}. Try again; if it stays, tell your data manager.`;
  try {
    const body = (await response.json()) as { code?: string; message?: string; details?: unknown };
    return new ApiError(response.status, body.code ?? 'unknown', body.message ?? fallback, body.details ?? null);
  } catch {
    return new ApiError(response.status, 'unknown', fallback);
  }
}

/**
 * Every call of the API goes through here: session cookie, CSRF token, JSON, one error shape. A token that another tab's
 * sign-in made stale is renewed and the call made again, for the same person only.
 */
import { ApiError } from './errors';
import type { Session, SessionUser } from './types';

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
/** Whose page this is, once somebody is signed in; a page is never handed on to another person. */
let person: SessionUser | null = null;
const signedOutListeners = new Set<() => void>();

/** Keep token and person of a session that was asked for or begun; another person's token is not taken. */
export function keepSession(session: Session): void {
  if (person !== null && session.user !== null && session.user.id !== person.id) return;
  csrfToken = session.csrf_token;
  person = session.user ?? person;
}

/** The page begins anew with nobody, as after signing out. */
export function forgetPerson(): void {
  person = null;
}

/** Whether this page belongs to somebody else than the one who is signed in now. */
export function isOfAnother(user: SessionUser): boolean {
  return person !== null && person.id !== user.id;
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
  const response = await fetchOrOffline(path, method, options);
  if (response.ok) return response;
  const error = await readError(response);
  if (error.code === 'csrf_failed' && (await renewToken(path === SESSION))) return sendOnce(method, path, options);
  throw announced(error);
}

async function sendOnce(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const response = await fetchOrOffline(path, method, options);
  if (response.ok) return response;
  throw announced(await readError(response));
}

function announced(error: ApiError): ApiError {
  if (error.status === 401 && error.code !== 'invalid_credentials') signedOutListeners.forEach((call) => call());
  return error;
}

const SESSION = '/session/';

/**
 * A new token for the person of this page; false when the server has none to give. `signingIn`: whoever is signed in
 * now, the request is about to change that.
 */
export async function renewToken(signingIn = false): Promise<boolean> {
  const response = await fetchOrOffline(SESSION, 'GET', {});
  if (!response.ok) return false;
  const session = (await response.json()) as Session;
  if (!signingIn && session.user === null) throw announced(new ApiError(401, 'not_signed_in', 'Sign in and try again.'));
  if (!signingIn && person !== null && session.user!.id !== person.id) {
    const name = session.user!.display_name;
    const message = `${name} is signed in in this browser now. Nothing was sent in the name of ${name}.`;
    throw announced(new ApiError(401, 'other_person', message));
  }
  csrfToken = session.csrf_token;
  return true;
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

async function fetchOrOffline(path: string, method: Method, options: RequestOptions): Promise<Response> {
  try {
    return await fetch(path.startsWith('/api/') ? path : API_ROOT + path, {
      method,
      credentials: 'same-origin',
      headers: requestHeaders(method, options),
      body: requestBody(options.body),
      signal: options.signal,
      keepalive: options.keepalive,
    });
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

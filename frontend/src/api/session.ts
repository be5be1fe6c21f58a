/** Who is signed in, and signing in. Both answers renew the CSRF token. */
import { queryOptions } from '@tanstack/react-query';

import { forgetPerson, keepSession, request } from './client';
import type { Session } from './types';

export async function fetchSession(): Promise<Session> {
  return keepToken(await request<Session>('GET', '/session/'));
}

export async function signIn(username: string, password: string): Promise<Session> {
  return takeSession(await request<Session>('POST', '/session/', { body: { username, password } }));
}

/** A session that another request began for whoever is at this page, as accepting an invitation does. */
export function takeSession(session: Session): Session {
  forgetPerson();
  return keepToken(session);
}

export async function signOut(): Promise<void> {
  await request<void>('DELETE', '/session/');
  forgetPerson();
  await fetchSession();
}

export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: fetchSession, staleTime: 60_000 });

function keepToken(session: Session): Session {
  keepSession(session);
  return session;
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { forgetPerson, isOfAnother, keepSession, onSignedOut, request } from './client';
import { isApiError } from './errors';
import type { Session, SessionUser } from './types';

const anna = personOf('anna');
const bert = personOf('bert');
const sent: string[] = [];
let now: Session;

/** A server that takes the token of the session in force and no other. */
beforeEach(() => {
  sent.length = 0;
  forgetPerson();
  vi.stubGlobal('document', { cookie: '' });
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    const token = (init.headers as Record<string, string>)['X-CSRFToken'];
    if (url.endsWith('/session/')) return answer(200, now);
    sent.push(`${init.method} ${token}`);
    return token === now.csrf_token ? answer(200, {}) : answer(403, { code: 'csrf_failed', message: 'Reload.' });
  });
});

afterEach(() => vi.unstubAllGlobals());

describe('a token made stale by another tab', () => {
  it('is renewed, and the request sent again, while the same person is signed in', async () => {
    keepSession((now = sessionOf(anna, 'first')));
    now = sessionOf(anna, 'second');
    await request('PUT', '/assignments/1/draft/');
    await request('PUT', '/assignments/1/draft/');
    expect(sent).toEqual(['PUT first', 'PUT second', 'PUT second']);
  });

  it('is not renewed for another person: nothing is sent in her name, and the page is told', async () => {
    const told = vi.fn();
    const stop = onSignedOut(told);
    keepSession((now = sessionOf(anna, 'first')));
    now = sessionOf(bert, 'second');
    keepSession(now);
    const failure = await request('PUT', '/assignments/1/draft/').catch((error: unknown) => error);
    stop();
    expect(isApiError(failure, 'other_person') && failure.status).toBe(401);
    expect(sent).toEqual(['PUT first']);
    expect(told).toHaveBeenCalledOnce();
    expect(isOfAnother(bert)).toBe(true);
  });

  it('counts as a lost session when nobody is signed in any more', async () => {
    keepSession((now = sessionOf(anna, 'first')));
    now = sessionOf(null, 'second');
    const failure = await request('PUT', '/assignments/1/draft/').catch((error: unknown) => error);
    expect(isApiError(failure, 'not_signed_in')).toBe(true);
  });
});

function sessionOf(user: SessionUser | null, token: string): Session {
  return { user, csrf_token: token, demo: false, may_create_projects: false, projects: [] };
}

function personOf(name: string): SessionUser {
  return { id: name, username: name, display_name: name, is_admin: false };
}

function answer(status: number, body: unknown): Promise<Response> {
  return Promise.resolve(new Response(JSON.stringify(body), { status }));
}

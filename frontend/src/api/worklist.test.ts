import { QueryClient } from '@tanstack/react-query';
import { afterEach, expect, it, vi } from 'vitest';

import { midnight } from '../lib/day';
import { worklistQuery } from './worklist';

afterEach(() => vi.unstubAllGlobals());

it.each([null, 'a+b='])('asks with when the day of the reader began, on the page %s', async (cursor) => {
  const asked: URL[] = [];
  vi.stubGlobal('document', { cookie: '' });
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(new URL(url, 'http://labelhub.test'));
    return Promise.resolve(new Response('{}', { status: 200, headers: { 'Content-Type': 'application/json' } }));
  });
  await new QueryClient().fetchQuery(worklistQuery('chest', cursor));
  expect(asked.map((url) => [url.searchParams.get('day_began'), url.searchParams.get('cursor')])).toEqual([
    [midnight(new Date()).toISOString(), cursor],
  ]);
});

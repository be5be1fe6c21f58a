import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { lookEarly, openEarly, takeEarly } from './earlyOpen';

const CASE = '7fe3a142-1a44-4b8d-ad0d-4101bba4f2ce';
const asked: string[] = [];
let status = 200;

beforeEach(() => {
  asked.length = 0;
  status = 200;
  vi.stubGlobal('document', { cookie: 'other=1; csrftoken=token' });
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
    asked.push(`${init?.method ?? 'GET'} ${url}`);
    return Promise.resolve(new Response(JSON.stringify({ images: [] }), { status }));
  });
});

afterEach(() => {
  takeEarly('');
  vi.unstubAllGlobals();
});

test('a case is opened by its address and its answer is taken once', async () => {
  openEarly(`/read/${CASE}`);
  expect(asked).toEqual([`POST /api/v1/assignments/${CASE}/open/`]);
  expect(await takeEarly(CASE)).toEqual({ images: [] });
  expect(takeEarly(CASE)).toBeNull();
});

test('the answer of one case is not given to another', () => {
  openEarly(`/read/${CASE}`);
  expect(takeEarly('another')).toBeNull();
});

test.each(['/', '/p/chest/read', `/read/${CASE}/outcome`, '/read/7'])('nothing is opened at %s', (address) => {
  openEarly(address);
  expect(asked).toEqual([]);
});

test('a refusal is forgotten, so that the workspace asks again', async () => {
  status = 401;
  openEarly(`/read/${CASE}`);
  await vi.waitFor(() => expect(lookEarly()).toBeNull());
  expect(takeEarly(CASE)).toBeNull();
});

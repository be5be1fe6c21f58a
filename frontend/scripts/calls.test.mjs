import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { readCalls } from './calls.mjs';

const FILES = {
  'api/client.ts': `
    export async function request<T>(method: string, path: string, options?: object): Promise<T> {
      return (await fetch('/api/v1' + path, { method, ...options })) as T;
    }`,
  'api/jobs.ts': `
    import { request } from './client';
    export const stop = (id: string) => request('POST', \`/jobs/\${id}/cancel/\`);`,
  'api/shared.ts': `
    import { request } from './client';
    const BASE = '/things';
    type Address = \`/cases/\${string}/\${'split' | 'site'}/\`;
    export const list = (query: string) => request<{ results: string[]; next: string | null }>('GET', \`\${BASE}/?\${query}\`);
    export function change(id: string, what: 'open' | 'shut') {
      return request<void>('POST', \`\${BASE}/\${id}/\${what}/\`, { body: {} });
    }
    export const correct = (address: Address) => request('GET', \`\${address}?split=test\`);
    export const unclear = (what: string) => request('GET', what);
    export const unused = () => request('DELETE', '/nobody/');`,
  'pages/First.tsx': `
    import { list, correct } from '../api/shared';
    const helper = { run: () => list('') };
    export function First() { return <a href={\`/api/v1/things/\${1}/file/\`} onClick={() => { helper.run(); correct('/cases/1/split/'); }} />; }`,
  'pages/Second.tsx': `
    import { change as alter, unclear } from '../api/shared';
    import type { First } from './First';
    export function Second(props: Parameters<typeof First>) { alter('1', 'open'); return unclear(String(props)) && null; }`,
  'pages/Second.test.ts': `
    import { request } from '../api/client';
    export const planted = request('GET', '/only-in-a-test/');`,
  'app/JobTray.tsx': `
    import { stop } from '../api/jobs';
    export function JobTray() { return <button onClick={() => stop('1')} />; }`,
  'app/Root.tsx': `
    import { request } from '../api/client';
    import { JobTray } from './JobTray';
    export function Root() { void request('GET', '/session/'); return <JobTray />; }`,
  'app/router.tsx': `
    import { Root } from './Root';
    import { First } from '../pages/First';
    export const routes = [{ Component: Root, children: [
      { path: '/first', Component: First },
      { path: '/second', lazy: async () => ({ Component: (await import('../pages/Second')).Second }) },
    ] }];`,
};

let folder;
let calls;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'calls-'));
  for (const [name, text] of Object.entries(FILES)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  calls = readCalls(folder).map((call) => `${call.method} ${call.path} ${call.pages.join(' ')}`.trim());
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

it('spells each address out, with the words that its types allow', () => {
  expect(calls).toContain('GET /things/?{} /first');
  expect(calls).toContain('POST /things/{}/open/ /second');
  expect(calls).toContain('POST /things/{}/shut/ /second');
  expect(calls).toContain('GET /cases/{}/split/?split=test /first');
  expect(calls).toContain('GET /cases/{}/site/?split=test /first');
});

it('leaves open what is not known, so that no operation answers it', () => expect(calls).toContain('GET {} /second'));

it('takes an address that is given to a link', () => expect(calls).toContain('* /things/{}/file/ /first'));

it('tells the parts of every page apart', () => {
  expect(calls).toContain('GET /session/ every page');
  expect(calls).toContain('POST /jobs/{}/cancel/ tray of jobs');
});

it('names no page for a call that none reaches, and reads no tests', () => {
  expect(calls).toContain('DELETE /nobody/');
  expect(calls.some((call) => call.includes('only-in-a-test'))).toBe(false);
  expect(calls).toHaveLength(10);
});

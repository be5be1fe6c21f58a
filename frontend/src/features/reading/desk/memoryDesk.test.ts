import { afterEach, expect, test, vi } from 'vitest';

import type { ReadDocument, WorkspacePayload } from '../../../api/types';
import { takeCarriedNotice } from '../opening/carriedNotice';
import { makeMemoryDesk, wouldBeSubmitted } from './memoryDesk';

const SCHEMA = {
  findings: [
    { code: 'nodule', name: 'Nodule' },
    { code: 'effusion', name: 'Effusion' },
    { code: 'opacity', name: 'Opacity' },
  ],
} as WorkspacePayload['schema'];
const EMPTY: ReadDocument = { answers: {}, annotations: [], comment: '', not_readable: false };
const PAYLOAD = {
  assignment: { id: 'x', label: 'My case 1', state: 'open' },
  schema: SCHEMA,
  draft: { version: 0, document: EMPTY },
} as WorkspacePayload;

function said(values: Record<string, 'present' | 'absent' | 'uncertain'>): ReadDocument {
  const answers = Object.entries(values).map(([code, value]) => [code, { value, by_rest: false }]);
  return { ...EMPTY, answers: Object.fromEntries(answers) as ReadDocument['answers'] };
}

afterEach(() => vi.unstubAllGlobals());

function serve(answers: Record<string, object>) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
    asked.push(`${options.method} ${url}`);
    return Promise.resolve(new Response(JSON.stringify(answers[url]), { status: 200 }));
  });
  return asked;
}

const at = (query: string) => `/api/v1/projects/chest/as-reader/${query}`;

test('what would be submitted is said in one sentence', () => {
  expect(wouldBeSubmitted(PAYLOAD, said({ nodule: 'present', effusion: 'absent', opacity: 'absent' }))).toBe(
    'My case 1 would be submitted: Nodule present; 2 findings absent. Nothing was stored.',
  );
  expect(wouldBeSubmitted(PAYLOAD, said({ nodule: 'present', effusion: 'uncertain' }))).toContain(
    'Nodule present; Effusion uncertain.',
  );
  expect(wouldBeSubmitted(PAYLOAD, { ...EMPTY, not_readable: true })).toContain('as not readable');
  expect(wouldBeSubmitted(PAYLOAD, EMPTY)).toContain('no finding answered');
});

test('a walk asks once for each case, goes on to the next, and back to what was answered', async () => {
  const asked = serve({
    [at('')]: { number: 7, next: 3, message: '', workspace: PAYLOAD },
    [at('?case=3')]: { number: 3, next: null, message: '', workspace: PAYLOAD },
    [at('?case=7')]: { number: 7, next: 3, message: '', workspace: PAYLOAD },
  });
  const desk = makeMemoryDesk('chest');
  expect(await desk.begin(null)).toEqual({ id: '7', message: '' });
  expect((await desk.open('7')).assignment).toMatchObject({ id: '7', label: 'My case 1' });
  expect(asked).toEqual([`GET ${at('')}`]);
  const document = said({ nodule: 'present' });
  await desk.sendRead('7', { document, kind: 'submit', client_uuid: 'u', active_ms: 1, display_state: {}, reason: null });
  expect(takeCarriedNotice()?.text).toContain('My case 1 would be submitted: Nodule present');
  expect(desk.nextAddress('chest', '7')).toBe('/p/chest/as-reader/3');
  expect((await desk.open('3')).assignment.label).toBe('My case 2');
  expect(desk.nextAddress('chest', '3')).toBe('/p/chest/as-reader?after=3');
  expect(await desk.previous('3')).toBe('7');
  expect(await desk.previous('7')).toBeNull();
  expect((await desk.open('7')).draft.document).toEqual(document);
});

test('nothing that is done leaves the page', async () => {
  const asked = serve({});
  const desk = makeMemoryDesk('chest');
  await desk.saveDraft('7', EMPTY, 0);
  await desk.forgetDraft('7', 1);
  await desk.sendRead('7', { document: EMPTY, kind: 'submit', client_uuid: 'u', active_ms: 1, display_state: {}, reason: null });
  await desk.skip('7', 'other', 'x');
  await desk.flag('7', 'urgent', 'x', 'u');
  await desk.withdrawFlag('7', 'u');
  await desk.next('chest', true, 'k');
  await desk.journal('me').put('7', {});
  expect(asked).toEqual([]);
  expect(desk.heartbeat).toBeNull();
});

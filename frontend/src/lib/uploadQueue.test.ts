/** Uploads: every file once, a few at a time, through lost connections, until cancelled. */
import { describe, expect, it } from 'vitest';

import { isLitter, type PickedFile } from './fileTree';
import { isWhole, UploadQueue, type SendFile, type UploadFailure } from './uploadQueue';

class Lost extends Error {}

const files = (n: number): PickedFile[] =>
  Array.from({ length: n }, (_, i) => ({ file: new File(['abcd'], `${i}.dcm`), path: `study/${i}.dcm` }));

const queueOf = (n: number, send: SendFile, parallel = 3, refusedBefore?: UploadFailure[]) =>
  new UploadQueue(files(n), send, { parallel, retryAfterMs: 1, isTemporary: (error) => error instanceof Lost, refusedBefore });

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('UploadQueue', () => {
  it('sends every file once and never more than allowed at a time', async () => {
    const sent: string[] = [];
    let busy = 0;
    let most = 0;
    const end = await queueOf(20, async ({ path }) => {
      busy += 1;
      most = Math.max(most, busy);
      await turn();
      busy -= 1;
      sent.push(path);
    }).run();
    expect(new Set(sent).size).toBe(20);
    expect(sent).toHaveLength(20);
    expect(most).toBe(3);
    expect(end).toMatchObject({ state: 'sent', nSent: 20, nFailed: 0, bytesTotal: 80, bytesSent: 80 });
  });

  it('tries again after a lost connection and reports what the server refused', async () => {
    const tries = new Map<string, number>();
    const end = await queueOf(5, async ({ path }) => {
      const count = (tries.get(path) ?? 0) + 1;
      tries.set(path, count);
      if (path === 'study/1.dcm' && count < 3) throw new Lost();
      if (path === 'study/2.dcm') throw new Error('The file is empty.');
    }).run();
    expect(tries.get('study/1.dcm')).toBe(3);
    expect(tries.get('study/2.dcm')).toBe(1);
    expect(end).toMatchObject({ nSent: 4, nFailed: 1, failures: [{ path: 'study/2.dcm', message: 'The file is empty.' }] });
  });

  it('names every file that was refused, and is not whole then', async () => {
    const end = await queueOf(300, async ({ path }) => {
      if (!path.endsWith('7.dcm')) throw new Error('It is larger than files may be.');
    }).run();
    expect(end).toMatchObject({ state: 'sent', nSent: 30, nFailed: 270 });
    expect(new Set(end.failures.map(({ path }) => path)).size).toBe(270);
    expect(isWhole(end)).toBe(false);
    expect(isWhole(await queueOf(3, async () => {}).run())).toBe(true);
  });

  it('keeps what was refused before on its list', async () => {
    const before = [{ path: 'other/x.dcm', message: 'It is larger than files may be.' }];
    const end = await queueOf(2, async () => {}, 3, before).run();
    expect(end).toMatchObject({ nTotal: 3, nSent: 2, nFailed: 1, failures: before });
    expect(isWhole(end)).toBe(false);
  });

  it('stops when cancelled, even while it waits for the connection', async () => {
    const queue = queueOf(50, async () => {
      throw new Lost();
    });
    const end = queue.run();
    await turn();
    queue.cancel();
    expect(await end).toMatchObject({ state: 'cancelled', nSent: 0 });
  });
});

describe('isLitter', () => {
  it('knows what no person means to send', () => {
    expect(['a/.DS_Store', '__MACOSX/a/1.dcm', 'a/._1.dcm', 'Thumbs.db'].every(isLitter)).toBe(true);
    expect(['a/1.dcm', 'DICOMDIR', 'a/_1.png'].some(isLitter)).toBe(false);
  });
});

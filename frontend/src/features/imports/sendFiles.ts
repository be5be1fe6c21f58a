/** From files on a page to a batch that the server examines. */
import { createImport, finishImport } from '../../api/imports';
import { startUpload } from '../../hooks/useUpload';
import type { PickedFile } from '../../lib/fileTree';
import { stagedPaths } from './api/imports';

/** Send all into a new batch and start it. `onBatch` is called as soon as the batch has an address. */
export async function sendNewBatch(
  slug: string,
  files: PickedFile[],
  onBatch: (id: string) => void,
): Promise<void> {
  const batch = await createImport(slug);
  const upload = startUpload(batch.id, files);
  onBatch(batch.id);
  const sent = await upload;
  if (sent.state === 'sent') await finishImport(batch.id);
}

/** Send what the batch does not have yet, then start it. */
export async function sendRest(batchId: string, files: PickedFile[]): Promise<void> {
  const have = await stagedPaths(batchId);
  const sent = await startUpload(
    batchId,
    files.filter(({ path }) => !have.has(path)),
  );
  if (sent.state === 'sent') await finishImport(batchId);
}

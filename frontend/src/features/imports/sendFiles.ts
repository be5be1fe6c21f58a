/** From files on a page to a batch that the server examines. */
import { createImport, finishImport, sendLabels, stagedPaths } from '../../api/imports';
import { startUpload } from '../../hooks/useUpload';
import type { PickedFile } from '../../lib/fileTree';

/**
 * Send all into a new batch and start it; with a label table it asks before anything is stored.
 * `onBatch` is called as soon as the batch has an address.
 */
export async function sendNewBatch(
  slug: string,
  files: PickedFile[],
  table: File | null,
  onBatch: (id: string) => void,
): Promise<void> {
  const batch = await createImport(slug);
  if (table !== null) await sendLabels(batch.id, table);
  const upload = startUpload(batch.id, files);
  onBatch(batch.id);
  const sent = await upload;
  if (sent.state === 'sent') await finishImport(batch.id, 'ask');
}

/** Send what the batch does not have yet, then start it. */
export async function sendRest(batchId: string, files: PickedFile[]): Promise<void> {
  const have = await stagedPaths(batchId);
  const sent = await startUpload(
    batchId,
    files.filter(({ path }) => !have.has(path)),
  );
  if (sent.state === 'sent') await finishImport(batchId, 'ask');
}

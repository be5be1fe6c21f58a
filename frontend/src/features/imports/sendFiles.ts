/** From files on a page to a batch that the server examines. */
import { createImport, finishImport, sendLabels, stagedPaths } from '../../api/imports';
import { startUpload } from '../../hooks/useUpload';
import type { PickedFile } from '../../lib/fileTree';
import { isWhole } from '../../lib/uploadQueue';

/**
 * Send all into a new batch, start it, and return its id; with a label table it asks before anything is stored. Where
 * the server refused some of the files it is not started: the page of the batch shows which, and offers to import the
 * others. `onBatch` is called as soon as the batch has an address.
 */
export async function sendNewBatch(
  slug: string,
  files: PickedFile[],
  table: File | null,
  onBatch: (id: string) => void,
): Promise<string> {
  const batch = await createImport(slug);
  if (table !== null) await sendLabels(batch.id, table);
  const upload = startUpload(batch.id, files);
  onBatch(batch.id);
  if (isWhole(await upload)) await finishImport(batch.id, 'ask');
  return batch.id;
}

/** Send what the batch does not have yet, then start it, unless some of it was refused. */
export async function sendRest(batchId: string, files: PickedFile[]): Promise<void> {
  const have = await stagedPaths(batchId);
  const sent = await startUpload(
    batchId,
    files.filter(({ path }) => !have.has(path)),
  );
  if (isWhole(sent)) await finishImport(batchId, 'ask');
}

/** Uploads under way in this tab. They live outside the pages: leaving the page does not stop one. */
import { useEffect, useSyncExternalStore } from 'react';

import { isPassing, sendFile } from '../api/uploads';
import type { PickedFile } from '../lib/fileTree';
import { UploadQueue, type UploadSnapshot } from '../lib/uploadQueue';

const uploads = new Map<string, UploadQueue>();
const listeners = new Set<() => void>();

/**
 * Start sending into a batch. Resolves when all files are sent, refused or cancelled. What was refused before stays on the
 * list unless it is sent again.
 */
export function startUpload(batchId: string, files: PickedFile[]): Promise<UploadSnapshot> {
  const again = new Set(files.map(({ path }) => path));
  const refusedBefore = uploads.get(batchId)?.snapshot().failures.filter(({ path }) => !again.has(path));
  const queue = new UploadQueue(files, (picked, onProgress, signal) => sendFile(batchId, picked, onProgress, signal), {
    isTemporary: isPassing,
    refusedBefore,
  });
  uploads.set(batchId, queue);
  queue.subscribe(announce);
  announce();
  return queue.run();
}

export function cancelUpload(batchId: string): void {
  uploads.get(batchId)?.cancel();
}

/** The upload of a batch as it stands, or null when none was started in this tab. */
export function useUpload(batchId: string | null): UploadSnapshot | null {
  const snapshot = useSyncExternalStore(subscribe, () =>
    batchId === null ? null : (uploads.get(batchId)?.snapshot() ?? null),
  );
  const isBusy = snapshot?.state === 'sending' || snapshot?.state === 'waiting';
  useEffect(() => {
    if (!isBusy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [isBusy]);
  return snapshot;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function announce(): void {
  listeners.forEach((call) => call());
}

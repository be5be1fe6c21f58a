/** Files a person dropped or picked, with the path each had in its folder. */

export interface PickedFile {
  file: File;
  /** Relative, with `/`; for display and to tell files of one name apart. */
  path: string;
}

/** What systems leave behind and no person means to send; in lower case, as the server's list. */
const LITTER = new Set(['thumbs.db', 'ehthumbs.db', 'desktop.ini', 'icon\r', '__macosx', '$recycle.bin', 'system volume information']);

export function isLitter(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('.') || LITTER.has(part.toLowerCase()));
}

/** Read what was dropped, folders with all that is in them. Must be called inside the drop event. */
export async function droppedFiles(transfer: DataTransfer): Promise<PickedFile[]> {
  // The list is emptied as soon as the event handler returns: take the entries before the first await.
  const entries = Array.from(transfer.items)
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  const found: PickedFile[] = [];
  for (const entry of entries) await collect(entry, found);
  return found.filter(({ path }) => !isLitter(path));
}

/** Files of an `<input type="file">`, with or without `webkitdirectory`. */
export function pickedFiles(list: FileList): PickedFile[] {
  return Array.from(list, (file) => ({ file, path: file.webkitRelativePath || file.name })).filter(
    ({ path }) => !isLitter(path),
  );
}

async function collect(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await fileOf(entry as FileSystemFileEntry);
    found.push({ file, path: entry.fullPath.replace(/^\//, '') });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // A reader hands out at most 100 entries at a time and an empty list at the end.
  for (let part = await entriesOf(reader); part.length > 0; part = await entriesOf(reader)) {
    for (const child of part) await collect(child, found);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}

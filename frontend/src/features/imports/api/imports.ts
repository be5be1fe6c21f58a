/** The list of a project's imports, and the files of one of them. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';
import { fetchImportFiles, isUnderWay, type FileOutcome, type ImportState } from '../../../api/imports';
import type { components } from '../../../api/schema';

export type ImportRow = components['schemas']['ImportRow'];

export function importsQuery(slug: string) {
  return queryOptions({
    queryKey: ['imports', slug],
    queryFn: ({ signal }) =>
      request<{ results: ImportRow[] }>('GET', `/projects/${slug}/imports/`, { signal }),
    refetchInterval: (query) =>
      query.state.data?.results.some((batch) => isUnderWay(batch.state)) ? 2000 : false,
  });
}

/** `state` of the batch: its files change with it, and while it runs. */
export function importFilesQuery(
  id: string,
  state: ImportState,
  outcome: FileOutcome | null,
  cursor: string | null,
) {
  return queryOptions({
    queryKey: ['import-files', id, state, outcome, cursor],
    queryFn: ({ signal }) => fetchImportFiles(id, cursor, outcome, signal),
    refetchInterval: state === 'done' || state === 'failed' ? false : 3000,
  });
}

/** Paths that the server already has, so that a broken-off upload sends only the rest. */
export async function stagedPaths(id: string): Promise<Set<string>> {
  const paths = new Set<string>();
  let cursor: string | null = null;
  do {
    const page = await fetchImportFiles(id, cursor);
    page.results.forEach((file) => paths.add(file.path));
    cursor = page.next;
  } while (cursor !== null);
  return paths;
}

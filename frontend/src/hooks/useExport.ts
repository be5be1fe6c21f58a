/** Takes an export out of a project as a file. */
import { useMutation } from '@tanstack/react-query';

import { requestBlob } from '../api/client';
import { dayText } from '../lib/day';
import { downloadBlob } from '../lib/download';

export type ExportWhat = 'reads' | 'consensus' | 'adjudications' | 'agreement';
export type ExportFormat = 'csv' | 'json';

interface Wanted {
  what: ExportWhat;
  format: ExportFormat;
  /** Numbers of the cases; null: all. */
  cases?: number[] | null;
}

export function useExport(slug: string) {
  return useMutation({
    mutationFn: async ({ what, format, cases = null }: Wanted) => {
      const file = await requestBlob('POST', `/projects/${slug}/exports/`, {
        body: { what, format, cases },
        headers: { Accept: '*/*' },
      });
      downloadBlob(file, `${slug}-${what}${cases === null ? '' : '-some'}-${dayText(new Date())}.${format}`);
    },
  });
}

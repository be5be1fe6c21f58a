/** Takes an export out of a project as a file. */
import { useMutation } from '@tanstack/react-query';

import { requestBlob } from '../api/client';
import { dayText } from '../lib/day';
import { downloadBlob } from '../lib/download';

export type ExportWhat = 'reads' | 'consensus' | 'adjudications' | 'agreement';
export type ExportFormat = 'csv' | 'json';

export function useExport(slug: string) {
  return useMutation({
    mutationFn: async ({ what, format }: { what: ExportWhat; format: ExportFormat }) => {
      const file = await requestBlob('POST', `/projects/${slug}/exports/`, {
        body: { what, format },
        headers: { Accept: '*/*' },
      });
      downloadBlob(file, `${slug}-${what}-${dayText(new Date())}.${format}`);
    },
  });
}

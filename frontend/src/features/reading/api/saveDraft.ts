/** Save a draft on the version it was made on; 412 when the server has a newer one. */
import { request } from '../../../api/client';
import type { ReadDocument } from '../../../api/types';

export function saveDraft(id: string, document: ReadDocument, version: number): Promise<{ version: number }> {
  return request<{ version: number }>('PUT', `/assignments/${id}/draft/`, {
    body: { document },
    headers: { 'If-Match': `"${version}"` },
  });
}

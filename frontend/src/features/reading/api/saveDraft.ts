/** Save a draft on the version it was made on, or forget one that was put aside; 412 when the server has a newer one. */
import { request } from '../../../api/client';
import type { ReadDocument } from '../../../api/types';

export function saveDraft(id: string, document: ReadDocument, version: number): Promise<{ version: number }> {
  return request<{ version: number }>('PUT', `/assignments/${id}/draft/`, {
    body: { document },
    headers: { 'If-Match': `"${version}"` },
  });
}

export function forgetDraft(id: string, version: number): Promise<void> {
  return request<void>('DELETE', `/assignments/${id}/draft/`, { headers: { 'If-Match': `"${version}"` } });
}

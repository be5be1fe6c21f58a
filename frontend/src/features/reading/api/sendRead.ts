/** Submit a read, or a corrected version of it. The same identifier and content give the same answer again. */
import { request } from '../../../api/client';
import type { PendingSubmit } from '../journal';

export interface SubmitAnswer {
  read: { id: string; version: number; submitted_at: string };
  /** True when the slot had been given away meanwhile; the read is kept outside the count. */
  late: boolean;
}

export function sendRead(id: string, submit: PendingSubmit): Promise<SubmitAnswer> {
  const { kind, client_uuid, document, active_ms, display_state, reason } = submit;
  if (kind === 'amend') {
    return request<SubmitAnswer>('POST', `/assignments/${id}/amend/`, { body: { client_uuid, document, reason } });
  }
  return request<SubmitAnswer>('POST', `/assignments/${id}/submit/`, {
    body: { client_uuid, document, active_ms, display_state },
  });
}

/** Submit a read, or a corrected version of it. The same identifier and content give the same answer again. */
import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import type { PendingSubmit } from '../saving/journal';

/** `late` when the slot had been given away meanwhile: the read is kept outside the count and `read` is null. */
export type SubmitAnswer = components['schemas']['SubmitResult'];

export function sendRead(id: string, submit: PendingSubmit): Promise<SubmitAnswer> {
  const { kind, client_uuid, document, active_ms, display_state, reason } = submit;
  const body = { client_uuid, document, active_ms, display_state };
  if (kind === 'submit') return request<SubmitAnswer>('POST', `/assignments/${id}/submit/`, { body });
  return request<SubmitAnswer>('POST', `/assignments/${id}/amend/`, { body: { ...body, reason } });
}

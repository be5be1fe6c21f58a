/** What else a reader can do with a case: keep its lease, skip it, flag it, take a flag back. */
import { request } from '../../../api/client';

export type SkipReason = 'not_my_area' | 'poor_quality' | 'conflict' | 'other';

export function heartbeat(id: string): Promise<{ lease_until: string }> {
  return request<{ lease_until: string }>('POST', `/assignments/${id}/heartbeat/`);
}

export function skipCase(id: string, reason: SkipReason, text: string): Promise<void> {
  return request<void>('POST', `/assignments/${id}/skip/`, { body: { reason, text } });
}

export function flagCase(id: string, kind: 'not_readable' | 'urgent', text: string, uuid: string): Promise<void> {
  return request<void>('POST', `/assignments/${id}/flag/`, { body: { kind, text, client_uuid: uuid } });
}

export function withdrawFlag(id: string, flag: string): Promise<void> {
  return request<void>('POST', `/assignments/${id}/flags/${flag}/withdraw/`);
}

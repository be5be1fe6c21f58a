/** One adjudication: claim it, keep it, decide it, give it back, send it back to a reader and take it back again. */
import { request } from '../../../api/client';
import type { AdjudicationPayload, AnswerValue, BoxAnnotation } from '../../../api/types';

export interface Decision {
  finding: string;
  value: AnswerValue;
  reason: string;
  annotations: BoxAnnotation[];
}

export function claimAdjudication(id: string): Promise<AdjudicationPayload> {
  return request<AdjudicationPayload>('POST', `/adjudications/${id}/claim/`);
}

export function lookAtAdjudication(id: string): Promise<AdjudicationPayload> {
  return request<AdjudicationPayload>('GET', `/adjudications/${id}/`);
}

export function adjudicationHeartbeat(id: string): Promise<{ lease_until: string }> {
  return request<{ lease_until: string }>('POST', `/adjudications/${id}/heartbeat/`);
}

export function decide(id: string, uuid: string, decisions: Decision[]): Promise<{ id: string; state: string }> {
  return request<{ id: string; state: string }>('POST', `/adjudications/${id}/decide/`, {
    body: { client_uuid: uuid, decisions },
  });
}

export function releaseAdjudication(id: string): Promise<void> {
  return request<void>('POST', `/adjudications/${id}/release/`);
}

/** Take a case back from a reader who does not answer. */
export function recall(id: string): Promise<void> {
  return request<void>('POST', `/adjudications/${id}/recall/`);
}

export function sendBack(id: string, label: string, note: string): Promise<void> {
  return request<void>('POST', `/adjudications/${id}/return/`, { body: { label, note } });
}

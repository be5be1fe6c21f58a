/** Ask the worklist for the next case; `ahead` reserves it for five minutes without opening it. */
import { request } from '../../../api/client';
import type { components } from '../../../api/schema';

/** `message` says why there is none. */
export type NextAnswer = components['schemas']['NextCase'];

export function nextAssignment(slug: string, ahead: boolean, key: string): Promise<NextAnswer> {
  return request<NextAnswer>('POST', `/projects/${slug}/worklist/next/`, {
    body: { ahead },
    headers: { 'Idempotency-Key': key },
  });
}

/** Ask the worklist for the next case; `ahead` reserves it for five minutes without opening it. */
import { request } from '../../../api/client';

export interface NextAnswer {
  assignment: { id: string } | null;
  /** Why there is none, as a sentence. */
  message: string;
}

export function nextAssignment(slug: string, ahead: boolean, key: string): Promise<NextAnswer> {
  return request<NextAnswer>('POST', `/projects/${slug}/worklist/next/`, {
    body: { ahead },
    headers: { 'Idempotency-Key': key },
  });
}

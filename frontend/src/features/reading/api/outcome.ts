/** What a closed case came to, where the protocol shows it to its readers. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { components } from '../../../api/schema';
import { peekAssignment } from './openAssignment';

export type Outcome = components['schemas']['Outcome'];

export function outcomeQuery(assignment: string) {
  return queryOptions({
    queryKey: ['outcome', assignment],
    queryFn: () => request<Outcome>('GET', `/assignments/${assignment}/outcome/`),
  });
}

export function assignmentQuery(assignment: string) {
  return queryOptions({
    queryKey: ['assignment', assignment],
    queryFn: () => peekAssignment(assignment),
  });
}

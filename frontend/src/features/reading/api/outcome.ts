/** What a closed case came to, where the protocol shows it to its readers. */
import { queryOptions } from '@tanstack/react-query';

import { request } from '../../../api/client';
import type { Answer, AnswerValue, BoxAnnotation } from '../../../api/types';

export interface Outcome {
  findings: { code: string; consensus: AnswerValue | null; method: string }[];
  reads: { label: string; answers: Record<string, Answer>; annotations: BoxAnnotation[] }[];
}

export function outcomeQuery(assignment: string) {
  return queryOptions({
    queryKey: ['outcome', assignment],
    queryFn: () => request<Outcome>('GET', `/assignments/${assignment}/outcome/`),
    retry: false,
  });
}

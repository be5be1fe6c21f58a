/** Something about cases has changed: what pages know of them is asked for again. */
import type { QueryClient } from '@tanstack/react-query';

const OF_CASES = ['cases', 'case', 'case-why', 'case-corrections', 'case-choices', 'case-images', 'pipeline'];

export function casesChanged(queryClient: QueryClient): Promise<unknown> {
  return Promise.all(OF_CASES.map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
}

/** What this tab does once somebody has signed in on it. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

import { sessionQuery } from '../../api/session';
import type { Session } from '../../api/types';

/** Not of a person: it stays whoever signs in. */
const KEPT: unknown[] = ['session', 'invitation'];

export function useBeginSession(): (session: Session) => void {
  const queryClient = useQueryClient();
  return useCallback(
    (session) => {
      // Nothing that another person loaded in this tab may be left to see.
      queryClient.removeQueries({ predicate: (query) => !KEPT.includes(query.queryKey[0]) });
      queryClient.setQueryData(sessionQuery.queryKey, session);
    },
    [queryClient],
  );
}

/** Whether an open workspace still has the session of its person: it may have ended, or another person has signed in. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { onSignedOut } from '../api/client';
import { sessionQuery } from '../api/session';
import type { SessionUser } from '../api/types';

export interface OwnSession {
  lost: boolean;
  /** Who is signed in in this browser instead. */
  other: SessionUser | null;
  /** The person has signed in again. */
  regained: () => void;
}

export function useOwnSession(user: SessionUser): OwnSession {
  const queryClient = useQueryClient();
  const current = useQuery(sessionQuery).data?.user ?? null;
  const [ended, setEnded] = useState(false);
  useEffect(
    () =>
      onSignedOut(() => {
        setEnded(true);
        void queryClient.invalidateQueries(sessionQuery);
      }),
    [queryClient],
  );
  const other = current !== null && current.id !== user.id ? current : null;
  return { lost: ended || other !== null, other, regained: () => setEnded(false) };
}

/** Whether an open page or workspace still has the session of its person: it may have ended, or another person has signed in. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';

import { onSignedOut } from '../api/client';
import { sessionQuery, signIn } from '../api/session';
import type { Session, SessionUser } from '../api/types';

/** She may sign in again in another tab: this page asks for it. */
const ASK_MS = 3_000;

export interface OwnSession {
  lost: boolean;
  /** Who is signed in in this browser instead. */
  other: SessionUser | null;
  /** Sign in again, on this page. */
  again: (password: string) => Promise<void>;
}

/** `onRegained` is called when she is signed in again, here or elsewhere: what was refused meanwhile may be sent. */
export function useOwnSession(user: SessionUser, onRegained: () => void): OwnSession {
  const queryClient = useQueryClient();
  const [refusedAt, setRefusedAt] = useState<number | null>(null);
  const { data, dataUpdatedAt } = useQuery({
    ...sessionQuery,
    refetchInterval: ({ state }) => (refusedAt !== null || !isHers(state.data, user) ? ASK_MS : false),
  });
  useEffect(
    () =>
      onSignedOut(() => {
        setRefusedAt(Date.now());
        void queryClient.invalidateQueries(sessionQuery);
      }),
    [queryClient],
  );

  const isSignedIn = isHers(data, user);
  const other = isSignedIn ? null : (data?.user ?? null);
  // What was known of the session before a request was refused says nothing.
  const isTold = refusedAt === null || dataUpdatedAt >= refusedAt;
  const isBack = refusedAt !== null && isTold && isSignedIn;
  useEffect(() => {
    if (isBack) setRefusedAt(null);
  }, [isBack]);

  const isAway = refusedAt !== null || !isSignedIn;
  const wasAway = useRef(false);
  const regained = useRef(onRegained);
  useEffect(() => {
    regained.current = onRegained;
  });
  useEffect(() => {
    if (wasAway.current && !isAway) regained.current();
    wasAway.current = isAway;
  }, [isAway]);

  const again = useCallback(
    async (password: string) => {
      queryClient.setQueryData(sessionQuery.queryKey, await signIn(user.username, password));
    },
    [queryClient, user.username],
  );
  return { lost: other !== null || (isTold && !isSignedIn), other, again };
}

/** Also while it is not known whose the session is. */
function isHers(session: Session | undefined, user: SessionUser): boolean {
  return session === undefined || session.user?.id === user.id;
}

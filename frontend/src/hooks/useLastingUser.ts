/** The signed-in person, kept when the session ends under an open workspace that asks for a new sign-in in place. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { sessionQuery } from '../api/session';
import type { SessionUser } from '../api/types';

export function useLastingUser(): SessionUser | null {
  const current = useQuery(sessionQuery).data?.user ?? null;
  const [user, setUser] = useState<SessionUser | null>(current);
  useEffect(() => {
    if (current !== null) setUser(current);
  }, [current]);
  return user;
}

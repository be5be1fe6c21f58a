/** The person whose workspace this is: kept when the session ends, and when another person signs in in this browser. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { sessionQuery } from '../api/session';
import type { SessionUser } from '../api/types';

export function useLastingUser(): SessionUser | null {
  const current = useQuery(sessionQuery).data?.user ?? null;
  const [user, setUser] = useState<SessionUser | null>(current);
  useEffect(() => setUser((first) => first ?? current), [current]);
  return user;
}

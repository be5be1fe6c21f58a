/** `/read/:assignmentId`: a case of the signed-in reader. The same workspace stays mounted from case to case. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useParams } from 'react-router';

import { sessionQuery } from '../../api/session';
import type { SessionUser } from '../../api/types';
import { Workspace } from './Workspace';

export function ReadRoute() {
  const { assignmentId } = useParams();
  const session = useQuery(sessionQuery);
  const current = session.data?.user ?? null;
  // When the session ends under an open case, the case stays and asks for a new sign-in in place.
  const [user, setUser] = useState<SessionUser | null>(current);
  useEffect(() => {
    if (current !== null) setUser(current);
  }, [current]);
  if (assignmentId === undefined || user === null) return null;
  return <Workspace assignmentId={assignmentId} user={user} />;
}

/** `/read/:assignmentId`: a case of the signed-in reader. The same workspace stays mounted from case to case. */
import { useParams } from 'react-router';

import { useLastingUser } from '../../hooks/useLastingUser';
import { decodeEarly } from './opening/earlyImage';
import { Workspace } from './Workspace';

void decodeEarly();

export function ReadRoute() {
  const { assignmentId } = useParams();
  const user = useLastingUser();
  if (assignmentId === undefined || user === null) return null;
  return <Workspace assignmentId={assignmentId} user={user} />;
}

/** `/adjudicate/:id`: one case to adjudicate. The same workspace stays mounted from case to case. */
import { useParams } from 'react-router';

import { useLastingUser } from '../../hooks/useLastingUser';
import { AdjudicationWorkspace } from './AdjudicationWorkspace';

export function AdjudicateRoute() {
  const { id } = useParams();
  const user = useLastingUser();
  if (id === undefined || user === null) return null;
  return <AdjudicationWorkspace id={id} user={user} />;
}

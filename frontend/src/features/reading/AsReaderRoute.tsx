/** `/p/:slug/as-reader/:number?`: a manager walks cases as a reader would, at a desk that stores nothing. */
import '../../components/workspace/workspace.css';

import { useEffect, useMemo, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';

import { errorMessage } from '../../api/errors';
import { Message } from '../../components/workspace/Message';
import { useLastingUser } from '../../hooks/useLastingUser';
import { DeskContext } from './desk/desk';
import { makeMemoryDesk, type MemoryDesk } from './desk/memoryDesk';
import { takeCarriedNotice } from './opening/carriedNotice';
import { Workspace } from './Workspace';

export function AsReaderRoute() {
  const { slug = '', number } = useParams();
  const after = useSearchParams()[0].get('after');
  const user = useLastingUser();
  const desk = useMemo(() => makeMemoryDesk(slug), [slug]);
  if (user === null) return null;
  if (number === undefined) return <Beginning key={after} slug={slug} desk={desk} after={after} />;
  return (
    <DeskContext value={desk}>
      <Workspace assignmentId={number} user={user} />
    </DeskContext>
  );
}

/** Finds the case that the walk begins with, or says why there is none. */
function Beginning({ slug, desk, after }: { slug: string; desk: MemoryDesk; after: string | null }) {
  const navigate = useNavigate();
  const [message, setMessage] = useState<string | null>(null);

  useEffect(() => {
    let current = true;
    desk
      .begin(after)
      .then((found) => {
        if (!current) return;
        if (found.id !== null) return void navigate(desk.caseAddress(found.id), { replace: true });
        const said = takeCarriedNotice();
        setMessage(said === null ? found.message : `${said.text} ${found.message}`);
      })
      .catch((error: unknown) => current && setMessage(errorMessage(error)));
    return () => {
      current = false;
    };
  }, [desk, after, navigate]);

  if (message === null) return <div className="ws" data-testid="workspace" data-phase="loading" aria-busy="true" />;
  return (
    <div className="ws" data-testid="no-case">
      <title>See as a reader · LabelHub</title>
      <Message
        title="No further case to see"
        actions={
          <Link className="ws-primary" to={`/p/${slug}/cases`}>
            Cases
          </Link>
        }
      >
        {message}
      </Message>
    </div>
  );
}

/** `/p/:slug/read`: asks for the next case and opens it, or says why there is none. */
import '../../components/workspace/workspace.css';

import { useEffect, useReducer, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';

import { errorMessage, isApiError } from '../../api/errors';
import { Message } from '../../components/workspace/Message';
import { nextAssignment } from './api/nextAssignment';
import { takeCarriedNotice } from './opening/carriedNotice';
import { openEarly } from './opening/earlyOpen';

// The code of the workspace comes while the next case is asked for.
void import('./ReadRoute');

type Ask = { kind: 'asking' } | { kind: 'none'; message: string } | { kind: 'failed'; message: string };

export function NextCaseRoute() {
  const { slug = '' } = useParams();
  const navigate = useNavigate();
  const [ask, setAsk] = useState<Ask>({ kind: 'asking' });
  const [round, again] = useReducer((count: number) => count + 1, 0);

  useEffect(() => {
    let current = true;
    const run = async () => {
      const { assignment, message } = await nextAssignment(slug, false, crypto.randomUUID());
      if (!current) return;
      if (assignment === null) {
        const said = takeCarriedNotice();
        return setAsk({ kind: 'none', message: said === null ? message : `${said.text} ${message}` });
      }
      const address = `/read/${assignment.id}`;
      openEarly(address);
      void navigate(address, { replace: true });
    };
    setAsk({ kind: 'asking' });
    // Whoever is paused or on leave is told so: nothing failed.
    const kindOf = (error: unknown) => (isApiError(error, 'away') ? 'none' : 'failed');
    run().catch((error: unknown) => current && setAsk({ kind: kindOf(error), message: errorMessage(error) }));
    return () => {
      current = false;
    };
  }, [slug, navigate, round]);

  if (ask.kind === 'asking') return <div className="ws" data-testid="workspace" data-phase="loading" aria-busy="true" />;
  const title = ask.kind === 'none' ? 'No case to read now' : 'The next case did not come';
  return (
    <div className="ws" data-testid="no-case">
      <Message
        title={title}
        actions={
          <>
            <Link className="ws-primary" to={`/p/${slug}/worklist`}>
              Worklist
            </Link>
            <button type="button" className="ws-quiet" onClick={again}>
              Ask again
            </button>
          </>
        }
      >
        {ask.message}
      </Message>
    </div>
  );
}

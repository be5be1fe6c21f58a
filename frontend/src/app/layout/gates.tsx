/** Nobody passes without a session: the sign-in form stands in the place of the page that was asked for. */
import { Center, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Outlet, useLocation } from 'react-router';

import { isOfAnother, onSignedOut } from '../../api/client';
import { sessionQuery } from '../../api/session';
import { LoadFailed } from '../../components/messages/Blank';
import { SignInPage } from '../../features/session/SignInPage';
import { OtherPerson } from './OtherPerson';
import { Shell } from './Shell';

/** Pages with the bar on top. When the session ends, or becomes another person's, they give way. */
export function PageGate() {
  const queryClient = useQueryClient();
  const session = useQuery(sessionQuery);
  const { pathname } = useLocation();
  useEffect(() => onSignedOut(() => void queryClient.invalidateQueries(sessionQuery)), [queryClient]);

  if (session.data === undefined) return <Waiting error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data.user === null) return <SignInPage />;
  if (isOfAnother(session.data.user)) return <OtherPerson name={session.data.user.display_name} />;
  return (
    <Shell session={session.data} user={session.data.user}>
      {/* What stands on a page, such as a dialog or the place in a list, is of its project and of nothing else. */}
      <Outlet key={pathname} />
    </Shell>
  );
}

/**
 * Workspaces fill the window. Once one is open it stays open when the session ends: it asks for a new sign-in
 * in place, so that nothing on the screen is lost.
 */
export function WorkspaceGate() {
  const session = useQuery(sessionQuery);
  const [wasSignedIn, setWasSignedIn] = useState(false);
  const isSignedIn = session.data !== undefined && session.data.user !== null;
  useEffect(() => {
    if (isSignedIn) setWasSignedIn(true);
  }, [isSignedIn]);

  if (isSignedIn || wasSignedIn) return <Outlet />;
  if (session.data === undefined) return <Waiting error={session.error} onRetry={() => void session.refetch()} />;
  return <SignInPage />;
}

function Waiting({ error, onRetry }: { error: Error | null; onRetry: () => void }) {
  return (
    <Center h="100%" p={24}>
      {error === null ? <Loader size="sm" color="gray" aria-label="Loading" /> : <LoadFailed error={error} onRetry={onRetry} />}
    </Center>
  );
}


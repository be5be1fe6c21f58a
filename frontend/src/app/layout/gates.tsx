/** Nobody comes in without a session: the sign-in form stands in the place of the page that was asked for. */
import { Center, Loader } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Outlet, useLocation } from 'react-router';

import { isOfAnother } from '../../api/client';
import { sessionQuery } from '../../api/session';
import type { Session } from '../../api/types';
import { SignInAgain } from '../../components/dialogs/SignInAgain';
import { LoadFailed } from '../../components/messages/Blank';
import { SignInPage } from '../../features/session/SignInPage';
import { useOwnSession } from '../../hooks/useOwnSession';
import type { PageSession } from '../../hooks/usePageSession';
import { OtherPerson } from './OtherPerson';
import { Shell } from './Shell';

/**
 * Pages with the bar on top. They stay when the session ends, behind a dialog that asks for a new sign-in, so that what
 * was written on one is not lost. When the session becomes another person's, they give way.
 */
export function PageGate() {
  const session = useQuery(sessionQuery);
  const [opened, setOpened] = useState<PageSession | null>(null);
  const signedIn = isOwned(session.data) ? session.data : null;
  useEffect(() => {
    if (signedIn !== null) setOpened(signedIn);
  }, [signedIn]);

  const current = signedIn ?? opened;
  if (session.data === undefined) return <Waiting error={session.error} onRetry={() => void session.refetch()} />;
  if (current === null) return <SignInPage />;
  if (isOfAnother(current.user)) return <OtherPerson name={current.user.display_name} />;
  return <OpenPages session={current} />;
}

function isOwned(session: Session | undefined): session is PageSession {
  return session !== undefined && session.user !== null;
}

function OpenPages({ session }: { session: PageSession }) {
  const queryClient = useQueryClient();
  const { pathname } = useLocation();
  // What was asked for while nobody was signed in was refused.
  const own = useOwnSession(session.user, () => void queryClient.invalidateQueries());
  return (
    <>
      <Shell session={session} user={session.user}>
        {/* What stands on a page, such as a dialog or the place in a list, is of its project and of nothing else. */}
        <Outlet key={pathname} context={session} />
      </Shell>
      <SignInAgain opened={own.lost} username={session.user.username} other={null} onSignIn={own.again} isPage />
    </>
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


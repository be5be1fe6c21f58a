/** Where an invitation's link leads: what it is for, and joining as somebody new or somebody known. */
import { Button, Loader, SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Link, useLocation } from 'react-router';

import { isApiError } from '../../api/errors';
import { rolesSentence } from '../../api/roles';
import { sessionQuery } from '../../api/session';
import type { SessionUser } from '../../api/types';
import { LoadFailed } from '../../components/messages/Blank';
import { Notice } from '../../components/messages/Notice';
import { dateTime } from '../../lib/format';
import { invitationQuery, type InvitationView } from './api/invitation';
import { JoinAs } from './components/JoinAs';
import { NewPersonForm } from './components/NewPersonForm';
import { SignInForm } from './components/SignInForm';

export function InvitationPage() {
  const token = useLocation().hash.slice(1);
  return (
    <main className="lh-sign-in" data-testid="invitation-page">
      <title>Invitation · LabelHub</title>
      <div>
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={36} height={36} />
        {/* Another link in the same tab is another invitation. */}
        {token === '' ? <Unusable /> : <Opened key={token} token={token} />}
      </div>
    </main>
  );
}

function Opened({ token }: { token: string }) {
  const session = useQuery(sessionQuery);
  // With the session comes the token that a request of somebody signed in needs.
  const invitation = useQuery({ ...invitationQuery(token), enabled: session.data !== undefined });
  const error = session.data === undefined ? session.error : invitation.error;
  if (isUnusable(error)) return <Unusable />;
  if (error !== null) {
    return (
      <Headed title="Invitation">
        <LoadFailed error={error} onRetry={() => void (session.data === undefined ? session : invitation).refetch()} />
      </Headed>
    );
  }
  if (session.data === undefined || invitation.data === undefined) {
    return <Loader size="sm" color="gray" aria-label="Loading" mt={20} />;
  }
  return <Usable token={token} invitation={invitation.data} user={session.data.user} />;
}

interface UsableProps {
  token: string;
  invitation: InvitationView;
  user: SessionUser | null;
}

function Usable({ token, invitation, user }: UsableProps) {
  return (
    <Headed title={`Join ${invitation.project}`}>
      <p data-testid="invitation-roles">
        You are invited as {rolesSentence(invitation.roles)}. The invitation works once, until {dateTime(invitation.expires_at)}.
      </p>
      {user === null ? <Stranger token={token} /> : <JoinAs token={token} user={user} />}
    </Headed>
  );
}

/** Nobody is signed in: she makes an account, or signs in to the one she has. */
function Stranger({ token }: { token: string }) {
  const [who, setWho] = useState<'new' | 'known'>('new');
  return (
    <Stack gap={18}>
      <SegmentedControl
        aria-label="Whether you have an account"
        data={[
          { value: 'new', label: 'I am new here' },
          { value: 'known', label: 'I have an account' },
        ]}
        value={who}
        onChange={(value) => setWho(value as typeof who)}
        data-testid="invitation-who"
      />
      {who === 'new' ? <NewPersonForm token={token} /> : <SignInForm />}
    </Stack>
  );
}

function Unusable() {
  return (
    <Headed title="Invitation">
      <Notice tone="bad" testId="invitation-unusable">
        This invitation cannot be used. Ask who sent it for a new one.
      </Notice>
      <Button component={Link} to="/" variant="default" mt={18}>
        Go to the start page
      </Button>
    </Headed>
  );
}

function Headed({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h1>{title}</h1>
      {children}
    </>
  );
}

/** A link that was cut off or is no invitation's at all is malformed to the server, and the same to its holder. */
function isUnusable(error: unknown): boolean {
  return isApiError(error, 'invitation_unusable') || isApiError(error, 'malformed');
}

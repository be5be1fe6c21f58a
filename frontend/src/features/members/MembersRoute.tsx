/** People of a project and their roles: somebody who has an account is added, anybody is invited by link. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';

import { membersQuery, useMemberChange } from '../../api/members';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Refused } from '../../components/messages/Refused';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { AddMember } from './components/AddMember';
import { InvitationsPanel } from './components/InvitationsPanel';
import { InviteDialog } from './components/InviteDialog';
import { MembersTable } from './components/MembersTable';

export function MembersRoute() {
  const slug = useParams().slug as string;
  const members = useQuery(membersQuery(slug));
  const change = useMemberChange(slug);
  const [isInviting, setInviting] = useState(false);
  return (
    <Page
      title="Members"
      lead="A person may hold several roles. Reads and decisions stay when a role is taken away."
      width="form"
      actions={
        <Button onClick={() => setInviting(true)} data-testid="invite">
          Invite by link
        </Button>
      }
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Panel title="Add a person who has an account">
          <AddMember change={change} />
        </Panel>
        {change.isError && <Refused error={change.error} />}
        <Panel title="People" flush testId="members">
          {members.isPending && <LoadingRows />}
          {members.error && <LoadFailed error={members.error} onRetry={() => void members.refetch()} />}
          {members.data && <MembersTable members={members.data.results} change={change} />}
        </Panel>
        <InvitationsPanel slug={slug} />
      </div>
      {isInviting && <InviteDialog slug={slug} onClose={() => setInviting(false)} />}
    </Page>
  );
}

/** People of a project and their roles: somebody who has an account is added, anybody is invited by link. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import { membersQuery, useAddMember } from '../../api/members';
import { projectQuery } from '../../api/projects';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Refused } from '../../components/messages/Refused';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { workQuery } from './api/work';
import { AddMember } from './components/AddMember';
import { AssignDialog } from './components/AssignDialog';
import { InvitationsPanel } from './components/InvitationsPanel';
import { InviteDialog } from './components/InviteDialog';
import { MembersTable } from './components/MembersTable';
import { PersonDialog } from './components/PersonDialog';

export function MembersRoute() {
  const slug = useParams().slug as string;
  const members = useQuery(membersQuery(slug));
  const work = useQuery(workQuery(slug)).data?.results;
  const isArchived = (useQuery(projectQuery(slug)).data?.archived_at ?? null) !== null;
  const add = useAddMember(slug);
  const [isInviting, setInviting] = useState(false);
  const [isAssigning, setAssigning] = useState(false);
  const [edited, setEdited] = useState<string | null>(null);
  // As she stands by now; gone when her last role was taken away.
  const person = members.data?.results.find(({ user }) => user.id === edited);
  return (
    <Page
      title="Members"
      lead="A person may hold several roles. Reads and decisions stay when a role is taken away."
      width="form"
      actions={
        <>
          {!isArchived && (
            <Button variant="default" disabled={members.data === undefined} onClick={() => setAssigning(true)} data-testid="assign">
              Give out cases
            </Button>
          )}
          <Button variant="subtle" component={Link} to={`/p/${slug}/as-reader`} data-testid="as-reader">
            See as a reader
          </Button>
          <Button onClick={() => setInviting(true)} data-testid="invite">
            Invite by link
          </Button>
        </>
      }
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Panel title="Add a person who has an account">
          <AddMember add={add} />
        </Panel>
        {add.isError && <Refused error={add.error} />}
        <Panel title="People" flush testId="members">
          {members.isPending && <LoadingRows />}
          {members.error && <LoadFailed error={members.error} onRetry={() => void members.refetch()} />}
          {members.data && (
            <MembersTable members={members.data.results} work={work} onEdit={({ user }) => setEdited(user.id)} />
          )}
        </Panel>
        <InvitationsPanel slug={slug} />
      </div>
      {members.data !== undefined && person !== undefined && (
        <PersonDialog
          slug={slug}
          member={person}
          members={members.data.results}
          work={work?.find(({ user }) => user === person.user.id)}
          isArchived={isArchived}
          onClose={() => setEdited(null)}
        />
      )}
      {members.data !== undefined && isAssigning && (
        <AssignDialog slug={slug} members={members.data.results} onClose={() => setAssigning(false)} />
      )}
      {isInviting && <InviteDialog slug={slug} onClose={() => setInviting(false)} />}
    </Page>
  );
}

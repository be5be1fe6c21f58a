/** People of a project and their roles. Accounts are made by the administrator; here they get work. */
import { Button, Group, Pill, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useParams } from 'react-router';

import { membersQuery, useMemberChange, type Member } from '../../api/members';
import type { Role } from '../../api/types';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Dialog } from '../../components/dialogs/Dialog';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { Refused } from '../../components/messages/Refused';
import { StateMark } from '../../components/messages/StateMark';
import { TableHead } from '../../components/page/TableHead';

const ROLES: { value: Role; label: string }[] = [
  { value: 'reader', label: 'reader' },
  { value: 'adjudicator', label: 'adjudicator' },
  { value: 'manager', label: 'data manager' },
  { value: 'engineer', label: 'ML engineer' },
];

type Change = ReturnType<typeof useMemberChange>;

export function MembersRoute() {
  const slug = useParams().slug as string;
  const members = useQuery(membersQuery(slug));
  const change = useMemberChange(slug);
  return (
    <Page
      title="Members"
      lead="A person may hold several roles. Reads and decisions stay when a role is taken away."
      width="form"
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Panel title="Add a person">
          <AddMember change={change} />
        </Panel>
        {change.isError && <Refused error={change.error} />}
        <Panel title="People" flush testId="members">
          {members.isPending && <LoadingRows />}
          {members.error && <LoadFailed error={members.error} onRetry={() => void members.refetch()} />}
          {members.data && <MembersTable members={members.data.results} change={change} />}
        </Panel>
      </div>
    </Page>
  );
}

function AddMember({ change }: { change: Change }) {
  const [username, setUsername] = useState('');
  const [role, setRole] = useState<Role>('reader');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (username.trim() === '') return;
    change.mutate({ kind: 'add', username: username.trim(), role }, { onSuccess: () => setUsername('') });
  };
  return (
    <form onSubmit={submit} style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'flex-end' }}>
      <TextInput
        size="xs"
        w={240}
        label="Sign-in name of an existing account"
        value={username}
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => setUsername(event.currentTarget.value)}
        data-testid="member-name"
      />
      <Select
        size="xs"
        w={160}
        label="Role"
        data={ROLES}
        value={role}
        allowDeselect={false}
        onChange={(value) => value !== null && setRole(value as Role)}
        data-testid="member-role"
      />
      <Button size="xs" type="submit" disabled={username.trim() === ''} loading={change.isPending} data-testid="member-add">
        Add
      </Button>
    </form>
  );
}

interface Removal {
  member: Member;
  role: Role;
}

function MembersTable({ members, change }: { members: Member[]; change: Change }) {
  const [removal, setRemoval] = useState<Removal | null>(null);
  const remove = () => {
    if (removal) change.mutate({ kind: 'remove', user: removal.member.user.id, role: removal.role });
    setRemoval(null);
  };
  return (
    <>
      <table className="lh-table">
        <TableHead columns={['Name', 'Sign-in name', 'Roles']} />
        <tbody>
          {members.map((member) => (
            <tr key={member.user.id} data-testid={`member-${member.user.username}`}>
              <td>{member.user.display_name}</td>
              <td className="lh-mono">{member.user.username}</td>
              <td>
                <Pill.Group gap={6}>
                  {member.roles.map((role) => (
                    <Pill
                      key={role}
                      withRemoveButton
                      onRemove={() => setRemoval({ member, role })}
                      removeButtonProps={{
                        'aria-label': `Take the role ${roleName(role)} from ${member.user.display_name}`,
                        tabIndex: 0,
                        // The library hides it from screen readers, but it is the only way to take a role away.
                        'aria-hidden': false,
                      }}
                    >
                      {roleName(role)}
                    </Pill>
                  ))}
                </Pill.Group>
                {member.sees_others_reads && (
                  <StateMark tone="warn">
                    reads, and can see others' reads: cases she has looked at or exported are not offered to her
                  </StateMark>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Dialog title="Take a role away" opened={removal !== null} onClose={() => setRemoval(null)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            remove();
          }}
        >
          {removal && (
            <p style={{ marginTop: 0 }}>
              {removal.member.user.display_name} will no longer be {roleName(removal.role)} here. A case that is held open is
              given back when its time runs out.
            </p>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setRemoval(null)} data-autofocus>
              Leave it
            </Button>
            <Button color="red.9" type="submit" title="Ctrl Enter" data-testid="member-remove">
              Take the role away
            </Button>
          </Group>
        </form>
      </Dialog>
    </>
  );
}

function roleName(role: Role): string {
  return ROLES.find((each) => each.value === role)?.label ?? role;
}

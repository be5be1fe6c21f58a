/** People of a project and their roles. Accounts are made by the administrator; here they get work. */
import { Button, Pill, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useParams } from 'react-router';

import { errorMessage } from '../../api/errors';
import type { Role } from '../../api/types';
import { LoadFailed, LoadingRows } from '../../components/Blank';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { Panel } from '../../components/Panel';
import { membersQuery, useMemberChange, type Member } from './api/members';

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
        {change.isError && <Notice tone="bad">{errorMessage(change.error)}</Notice>}
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

function MembersTable({ members, change }: { members: Member[]; change: Change }) {
  return (
    <table className="lh-table">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Sign-in name</th>
          <th scope="col">Roles</th>
        </tr>
      </thead>
      <tbody>
        {members.map(({ user, roles }) => (
          <tr key={user.id} data-testid={`member-${user.username}`}>
            <td>{user.display_name}</td>
            <td className="lh-mono">{user.username}</td>
            <td>
              <Pill.Group gap={6}>
                {roles.map((role) => (
                  <Pill
                    key={role}
                    withRemoveButton
                    onRemove={() => change.mutate({ kind: 'remove', user: user.id, role })}
                    removeButtonProps={{ 'aria-label': `Take the role ${role} from ${user.display_name}`, tabIndex: 0 }}
                  >
                    {ROLES.find((each) => each.value === role)?.label ?? role}
                  </Pill>
                ))}
              </Pill.Group>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

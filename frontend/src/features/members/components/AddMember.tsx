/** Gives a role to somebody who has an account, by her sign-in name. */
import { Button, Select, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import type { useAddMember } from '../../../api/members';
import { ROLES } from '../../../api/roles';
import type { Role } from '../../../api/types';

export function AddMember({ add }: { add: ReturnType<typeof useAddMember> }) {
  const [username, setUsername] = useState('');
  const [role, setRole] = useState<Role>('reader');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (username.trim() === '') return;
    add.mutate({ username: username.trim(), role }, { onSuccess: () => setUsername('') });
  };
  return (
    <form onSubmit={submit} style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'flex-end' }}>
      <TextInput
        size="xs"
        w={240}
        label="Sign-in name"
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
      <Button size="xs" type="submit" disabled={username.trim() === ''} loading={add.isPending} data-testid="member-add">
        Add
      </Button>
    </form>
  );
}

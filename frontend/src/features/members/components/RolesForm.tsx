/** All roles of a person, saved as one set. */
import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import type { Member } from '../../../api/members';
import { ROLES } from '../../../api/roles';
import type { Role } from '../../../api/types';
import { Refused } from '../../../components/messages/Refused';
import type { useRoles } from '../api/people';
import type { MemberWork } from '../api/work';
import { lostSentence } from '../inHand';

interface RolesFormProps {
  member: Member;
  work: MemberWork | undefined;
  save: ReturnType<typeof useRoles>;
}

export function RolesForm({ member, work, save }: RolesFormProps) {
  const [roles, setRoles] = useState<Role[]>(member.roles);
  const isChanged = roles.length !== member.roles.length || roles.some((role) => !member.roles.includes(role));
  const loses = (role: Role) => member.roles.includes(role) && !roles.includes(role);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isChanged && !save.isPending) save.mutate(roles);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={10}>
        <Checkbox.Group label="Roles" value={roles} onChange={(chosen) => setRoles(chosen as Role[])}>
          <Group gap={18} mt={6}>
            {ROLES.map((role) => (
              <Checkbox key={role.value} value={role.value} label={role.label} data-testid={`role-${role.value}`} />
            ))}
          </Group>
        </Checkbox.Group>
        <span className="lh-note" aria-live="polite" data-testid="roles-note">
          {roles.length === 0 && 'Without a role she is no member any longer. Her reads and decisions stay. '}
          {lostSentence(work, { reader: loses('reader'), adjudicator: loses('adjudicator') })}
        </span>
        {save.isError && <Refused error={save.error} />}
        <Group gap="xs" justify="flex-end">
          <Button size="xs" variant="default" disabled={!isChanged} onClick={() => setRoles(member.roles)}>
            Undo changes
          </Button>
          <Button
            size="xs"
            type="submit"
            color={roles.length === 0 ? 'red.9' : undefined}
            disabled={!isChanged}
            loading={save.isPending}
            data-testid="roles-save"
          >
            {roles.length === 0 ? 'Take her out of the project' : 'Save roles'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

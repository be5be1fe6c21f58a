/** Who does what in the project, and taking a role away. */
import { Button, Group, Pill } from '@mantine/core';
import { useState } from 'react';

import type { Member } from '../../../api/members';
import { roleName } from '../../../api/roles';
import type { Role } from '../../../api/types';
import { Dialog } from '../../../components/dialogs/Dialog';
import { StateMark } from '../../../components/messages/StateMark';
import { TableHead } from '../../../components/page/TableHead';
import type { Change } from './AddMember';

interface Removal {
  member: Member;
  role: Role;
}

export function MembersTable({ members, change }: { members: Member[]; change: Change }) {
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

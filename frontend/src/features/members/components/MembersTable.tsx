/** Who does what in the project, who is here, and what each has in hand. */
import { Button } from '@mantine/core';

import { isGivenCases, type Member } from '../../../api/members';
import { roleName } from '../../../api/roles';
import { StateMark } from '../../../components/messages/StateMark';
import { TableHead, untitled } from '../../../components/page/TableHead';
import { NOTHING } from '../../../lib/format';
import { absenceSentence } from '../absence';
import type { MemberWork } from '../api/work';
import { inHandSentence } from '../inHand';

interface MembersTableProps {
  members: Member[];
  /** Undefined until it is known. */
  work: MemberWork[] | undefined;
  onEdit: (member: Member) => void;
}

export function MembersTable({ members, work, onEdit }: MembersTableProps) {
  const byPerson = new Map(work?.map((each) => [each.user, each]));
  return (
    <table className="lh-table">
      <TableHead columns={['Name', 'Sign-in name', 'Roles', 'In hand', 'Here', untitled('Change')]} />
      <tbody>
        {members.map((member) => (
          <tr key={member.user.id} data-testid={`member-${member.user.username}`}>
            <td>{member.user.display_name}</td>
            <td className="lh-mono">{member.user.username}</td>
            <td>
              {member.roles.map(roleName).join(', ')}
              {member.sees_others_reads && (
                <div>
                  <StateMark tone="warn">
                    reads, and can see others' reads: cases she has looked at or exported are not offered to her
                  </StateMark>
                </div>
              )}
            </td>
            <td data-testid="in-hand">{inHandSentence(byPerson.get(member.user.id))}</td>
            <td>
              {member.absence !== null && (
                <StateMark tone={member.absence.has_begun ? 'warn' : 'idle'}>{absenceSentence(member.absence)}</StateMark>
              )}
              {member.absence === null && (isGivenCases(member) ? 'yes' : NOTHING)}
            </td>
            <td className="lh-num">
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`Change ${member.user.display_name}`}
                onClick={() => onEdit(member)}
                data-testid="member-edit"
              >
                Change …
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

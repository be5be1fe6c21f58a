/** One person of the project: her roles, whether she is here, and what she has in hand. */
import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';

import { isGivenCases, type Member } from '../../../api/members';
import { Dialog } from '../../../components/dialogs/Dialog';
import { useRoles } from '../api/people';
import type { MemberWork } from '../api/work';
import { AbsenceForm } from './AbsenceForm';
import { RolesForm } from './RolesForm';
import { WorkInHand } from './WorkInHand';

interface PersonDialogProps {
  slug: string;
  member: Member;
  members: Member[];
  work: MemberWork | undefined;
  isArchived: boolean;
  onClose: () => void;
}

export function PersonDialog({ slug, member, members, work, isArchived, onClose }: PersonDialogProps) {
  const save = useRoles(slug, member);
  const works = isGivenCases(member);
  return (
    <Dialog title={member.user.display_name} opened onClose={onClose} size={820} testId="person-dialog">
      <Stack gap={20}>
        {/* Begun anew when somebody else changes her roles, so that what is shown is what is saved over. */}
        <RolesForm key={member.roles.join()} member={member} work={work} save={save} />
        {works && !isArchived && (
          <Part title="Here">
            <AbsenceForm slug={slug} member={member} />
          </Part>
        )}
        {works && (
          <Part title="In hand">
            <WorkInHand slug={slug} member={member} members={members} isArchived={isArchived} />
          </Part>
        )}
      </Stack>
    </Dialog>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 style={{ margin: '0 0 6px', fontSize: 14 }}>{title}</h3>
      {children}
    </section>
  );
}

/** On every page of an archived project: why nothing there can be changed, and who can change that. */
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

import type { ProjectRef } from '../../api/types';
import { Notice } from '../../components/messages/Notice';
import { dateTime } from '../../lib/format';

export function ArchivedLine({ project }: { project: ProjectRef }) {
  if (project.archived_at === null) return null;
  return (
    <div style={{ padding: '10px 16px 0' }}>
      <Notice testId="archived">
        Archived since {dateTime(project.archived_at)}: everything can be looked at, nothing can be changed.{' '}
        {project.roles.includes('manager') ? (
          <Anchor underline="always" component={Link} to={`/p/${project.slug}/settings`} size="sm">
            Bring it back on the page Settings
          </Anchor>
        ) : (
          'Its data manager can bring it back.'
        )}
      </Notice>
    </div>
  );
}

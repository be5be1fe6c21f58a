/** Projects that are left as they are: to look at, below those at work. */
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

import type { ProjectRef } from '../../../api/types';
import { Panel } from '../../../components/page/Panel';
import { dateTime } from '../../../lib/format';

export function ArchivedProjects({ projects }: { projects: ProjectRef[] }) {
  return (
    <Panel title="Archived" className="lh-archived" testId="archived-projects">
      <ul>
        {projects.map((project) => (
          <li key={project.id}>
            <Anchor component={Link} to={`/p/${project.slug}`} size="sm">
              {project.name}
            </Anchor>
            <span className="lh-note">since {dateTime(project.archived_at)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** One project: the one thing to do now as a big button, everything else as small ones. */
import { Button } from '@mantine/core';
import { IconArrowRight, IconGavel, IconLayoutDashboard, IconBrain } from '@tabler/icons-react';
import { Link } from 'react-router';

import { rolesSentence } from '../../../api/roles';
import type { ProjectRef, Role } from '../../../api/types';
import { Description } from '../../../components/page/Description';
import { AdjudicatorLine, ManagerLine, ReaderLine } from './ProjectLine';

export function ProjectCard({ project }: { project: ProjectRef }) {
  const is = (role: Role) => project.roles.includes(role);
  const base = `/p/${project.slug}`;
  return (
    <article className="lh-panel lh-project" data-testid={`project-${project.slug}`}>
      <div>
        <h2>{project.name}</h2>
        <div className="lh-note">You are {rolesSentence(project.roles)} here.</div>
        <Description text={project.description} />
        {is('reader') && <ReaderLine slug={project.slug} />}
        {is('adjudicator') && <AdjudicatorLine slug={project.slug} />}
        {is('manager') && <ManagerLine slug={project.slug} />}
      </div>
      {is('reader') && (
        <Button
          component={Link}
          to={`${base}/read`}
          size="md"
          rightSection={<IconArrowRight size={18} />}
          data-testid={`read-next-${project.slug}`}
        >
          Read next case
        </Button>
      )}
      {is('adjudicator') && (
        <Button
          component={Link}
          to={`${base}/adjudicate`}
          size="md"
          variant={is('reader') ? 'default' : 'filled'}
          leftSection={<IconGavel size={18} />}
          data-testid={`adjudicate-${project.slug}`}
        >
          Adjudicate
        </Button>
      )}
      {is('manager') && (
        <Button
          component={Link}
          to={`${base}/dashboard`}
          size="md"
          variant={is('reader') || is('adjudicator') ? 'default' : 'filled'}
          leftSection={<IconLayoutDashboard size={18} />}
          data-testid={`dashboard-${project.slug}`}
        >
          Project dashboard
        </Button>
      )}
      {is('engineer') && !is('manager') && (
        <Button component={Link} to={`${base}/learning`} size="md" leftSection={<IconBrain size={18} />}>
          Training and ranking
        </Button>
      )}
      <div className="lh-project-links">
        {is('reader') && <SmallLink to={`${base}/worklist`}>My cases</SmallLink>}
        {is('manager') && <SmallLink to={`${base}/imports`}>Import</SmallLink>}
        {is('manager') && <SmallLink to={`${base}/learning`}>Learning</SmallLink>}
      </div>
    </article>
  );
}

function SmallLink({ to, children }: { to: string; children: string }) {
  return (
    <Button component={Link} to={to} size="compact-sm" variant="default">
      {children}
    </Button>
  );
}

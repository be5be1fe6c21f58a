/** Start page: what this person can do next in each project. */
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router';

import { Blank } from '../../components/messages/Blank';
import { Page } from '../../components/page/Page';
import { usePageSession } from '../../hooks/usePageSession';
import { ArchivedProjects } from './components/ArchivedProjects';
import { OwnStudy } from './components/OwnStudy';
import { ProjectCard } from './components/ProjectCard';

import './home.css';

export function HomeRoute() {
  const session = usePageSession();
  const atWork = session.projects.filter((project) => project.archived_at === null);
  const archived = session.projects.filter((project) => project.archived_at !== null);
  return (
    <Page
      title={`Good ${partOfDay(new Date())}, ${session.user.display_name}`}
      width="form"
      actions={
        session.may_create_projects && (
          <Button component={Link} to="/projects/new" variant="default" size="xs" leftSection={<IconPlus size={15} />}>
            New project
          </Button>
        )
      }
    >
      {session.projects.length === 0 ? (
        <Blank title="You are not in a project yet" testId="no-projects">
          {session.may_create_projects
            ? 'Make the first one with "New project": a name and a list of findings are enough to begin.'
            : 'Ask your data manager to add you; this page will then show what to read.'}
        </Blank>
      ) : (
        <div className="lh-projects">
          {atWork.map((project) => (
            <ProjectCard key={project.id} project={project} />
          ))}
        </div>
      )}
      {archived.length > 0 && <ArchivedProjects projects={archived} />}
      {session.demo && <OwnStudy projects={session.projects} />}
    </Page>
  );
}

function partOfDay(now: Date): string {
  const hour = now.getHours();
  if (hour < 12) return 'morning';
  return hour < 18 ? 'afternoon' : 'evening';
}

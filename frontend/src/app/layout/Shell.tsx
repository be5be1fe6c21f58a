/** The bar on top of every page: where one is, where one can go, running work, the person. */
import { ActionIcon, Menu, Tooltip, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconChevronDown, IconLogout, IconMoon, IconServerCog, IconSun } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link, NavLink, useLocation, useMatches } from 'react-router';

import { signOut } from '../../api/session';
import type { ProjectRef, Session, SessionUser } from '../../api/types';
import { ArchivedLine } from './ArchivedLine';
import { NothingHere, OtherRole } from './CrashPage';
import { JobTray } from './JobTray';
import { firstPage, isPageOf, pagesFor } from './navigation';

export function Shell({ session, user, children }: { session: Session; user: SessionUser; children: ReactNode }) {
  const slug = useMatches().at(-1)?.params.slug;
  const project = session.projects.find((each) => each.slug === slug);
  const [, first, , path = '', within] = useLocation().pathname.split('/');
  const isForOthers = first === 'administration' && !user.is_admin;
  return (
    <div className="lh-shell">
      <a className="lh-skip" href="#content">
        Skip to the page
      </a>
      <header className="lh-bar">
        <Link to="/" className="lh-brand" aria-label="LabelHub, start page" data-testid="nav-home">
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={22} height={22} />
          <span>LabelHub</span>
        </Link>
        {project && <ProjectSwitch project={project} projects={session.projects} />}
        {project && (
          <nav className="lh-nav" aria-label="Pages of the project">
            {pagesFor(project.roles).map((page) => (
              <NavLink key={page.path} to={`/p/${project.slug}/${page.path}`} data-testid={page.testId}>
                {page.label}
              </NavLink>
            ))}
          </nav>
        )}
        <div className="lh-bar-side">
          {project?.roles.some((role) => role === 'manager' || role === 'engineer') && (
            <JobTray key={project.slug} slug={project.slug} />
          )}
          <ThemeSwitch />
          <PersonMenu user={user} />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {isForOthers || (slug !== undefined && project === undefined) ? (
          <NothingHere />
        ) : project !== undefined && !isPageOf(path, project.roles, within) ? (
          <OtherRole project={project} />
        ) : (
          <>
            {project !== undefined && <ArchivedLine project={project} />}
            {children}
          </>
        )}
      </main>
    </div>
  );
}

function ProjectSwitch({ project, projects }: { project: ProjectRef; projects: ProjectRef[] }) {
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>
        <UnstyledButton className="lh-bar-button" data-testid="project-switch">
          <strong title={project.name}>{project.name}</strong>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Projects</Menu.Label>
        {projects.map((each) => (
          <Menu.Item
            key={each.id}
            component={Link}
            to={firstPage(each.slug, each.roles)}
            rightSection={each.id === project.id ? <IconCheck size={14} aria-label="open now" /> : undefined}
          >
            {each.archived_at === null ? each.name : `${each.name} (archived)`}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const next = useComputedColorScheme('dark') === 'dark' ? 'light' : 'dark';
  return (
    <Tooltip label={`Use the ${next} theme`} openDelay={400}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Use the ${next} theme`}
        onClick={() => setColorScheme(next)}
        data-testid="theme-switch"
      >
        {next === 'light' ? <IconSun size={17} /> : <IconMoon size={17} />}
      </ActionIcon>
    </Tooltip>
  );
}

function PersonMenu({ user }: { user: SessionUser }) {
  const leave = useMutation({
    mutationFn: signOut,
    // A fresh page: nothing of this person's stays in memory.
    onSettled: () => window.location.assign('/'),
  });
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <UnstyledButton className="lh-bar-button" data-testid="person-menu">
          <span title={user.display_name}>{user.display_name}</span>
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Signed in as {user.username}</Menu.Label>
        {user.is_admin && (
          <Menu.Item component={Link} to="/administration" leftSection={<IconServerCog size={15} />} data-testid="nav-administration">
            Administration
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => leave.mutate()} data-testid="sign-out">
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

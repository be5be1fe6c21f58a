/** What is shown while the first page comes, when a page fails, or when nothing lies at an address. */
import { Anchor, Button, Group, MantineProvider } from '@mantine/core';
import { isRouteErrorResponse, Link, useRouteError } from 'react-router';

import type { ProjectRef } from '../../api/types';
import { theme } from '../../components/theme/theme';
import { firstPage } from './navigation';

/** Stands in the place of a page that threw; the error's own text goes to the browser's console by itself. */
export function CrashPage() {
  const error = useRouteError();
  const missing = isRouteErrorResponse(error) && error.status === 404;
  return (
    <MantineProvider theme={theme} defaultColorScheme="dark">
      {missing ? <NothingHere /> : <Crashed incomplete={isMissingPart(error)} />}
    </MantineProvider>
  );
}

/** Goes on with the words of index.html, which say what to do when they stay. */
export function Starting() {
  return (
    <main className="lh-start">
      <h1>LabelHub is starting</h1>
      <p>If this stays, reload the page.</p>
    </main>
  );
}

export function NothingHere() {
  return (
    <div className="lh-page" data-width="narrow" data-testid="nothing-here">
      <title>Nothing here · LabelHub</title>
      <h1>Nothing here</h1>
      <p>There is no page at this address, or it belongs to a project that you are not a member of.</p>
      <Anchor component={Link} to="/">
        To the start page
      </Anchor>
    </div>
  );
}

/** A page of the project that is for other roles: reached by its address only. */
export function OtherRole({ project }: { project: ProjectRef }) {
  return (
    <div className="lh-page" data-width="narrow" data-testid="other-role">
      <title>Another role · LabelHub</title>
      <h1>For another role</h1>
      <p>Your role in {project.name} does not include this page. Ask the data manager if you need it.</p>
      <Anchor component={Link} to={firstPage(project.slug, project.roles)}>
        To your pages of the project
      </Anchor>
    </div>
  );
}

/** `incomplete`: a part of the program that is loaded on demand did not come. */
function Crashed({ incomplete }: { incomplete: boolean }) {
  const title = incomplete ? 'A part of this page did not come' : 'This page failed';
  return (
    <main className="lh-page" data-width="narrow" data-testid="page-crashed">
      <title>{`${title} · LabelHub`}</title>
      <h1>{title}</h1>
      <p role="alert">
        {incomplete && 'LabelHub was renewed while the page was open, or the connection is lost. '}
        Everything that was saved or submitted is safe on the server, and unsaved edits of a read are kept in this
        browser. Reload the page to go on.
      </p>
      <Group>
        <Button onClick={() => window.location.reload()}>Reload the page</Button>
        <Anchor href="/">To the start page</Anchor>
      </Group>
    </main>
  );
}

/** Browsers say so each in their own words. */
function isMissingPart(error: unknown): boolean {
  return error instanceof Error && /imported module|module script|preload CSS/i.test(error.message);
}

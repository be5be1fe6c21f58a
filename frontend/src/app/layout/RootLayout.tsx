/** Theme and notifications round every page. A workspace is always dark, whatever the person chose elsewhere. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { Outlet, useMatches } from 'react-router';

import { theme } from '../../components/theme/theme';

/** What a route says about itself in its `handle`. */
export interface RouteHandle {
  workspace?: boolean;
}

export function RootLayout() {
  const inWorkspace = useMatches().some((match) => (match.handle as RouteHandle | undefined)?.workspace === true);
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="dark"
      forceColorScheme={inWorkspace ? 'dark' : undefined}
    >
      <Notifications position="bottom-left" />
      <Outlet />
    </MantineProvider>
  );
}

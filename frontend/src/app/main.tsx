/** Entry of the browser application. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '../components/theme/global.css';
import '../components/theme/surface.css';
import './layout/shell.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { sessionQuery } from '../api/session';
import { openEarly } from '../features/reading/opening/earlyOpen';
import { Providers, queryClient } from './providers';
import { AppRouter } from './router';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');

openEarly(window.location.pathname);
void queryClient.prefetchQuery(sessionQuery);

createRoot(root).render(
  <StrictMode>
    <Providers>
      <AppRouter />
    </Providers>
  </StrictMode>,
);

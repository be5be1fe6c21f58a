/** Entry of the browser application. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '../components/global.css';
import '../components/surface.css';
import './layout/shell.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { Providers } from './providers';
import { AppRouter } from './router';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');

createRoot(root).render(
  <StrictMode>
    <Providers>
      <AppRouter />
    </Providers>
  </StrictMode>,
);

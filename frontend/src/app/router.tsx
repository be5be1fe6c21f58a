/** All addresses of the application. Pages load on demand, so the viewer's code stays out of the first page. */
import { createBrowserRouter, RouterProvider } from 'react-router';

import { HomeRoute } from './routes/HomeRoute';

const router = createBrowserRouter([
  { path: '/', Component: HomeRoute },
  {
    path: '/p/:slug/read',
    lazy: async () => ({ Component: (await import('../features/reading/NextCaseRoute')).NextCaseRoute }),
  },
  {
    path: '/read/:assignmentId',
    lazy: async () => ({ Component: (await import('../features/reading/ReadRoute')).ReadRoute }),
  },
  {
    path: '/read/:assignmentId/outcome',
    lazy: async () => ({ Component: (await import('../features/reading/OutcomeRoute')).OutcomeRoute }),
  },
  {
    path: '/p/:slug/adjudicate',
    lazy: async () => ({
      Component: (await import('../features/adjudication/AdjudicationListRoute')).AdjudicationListRoute,
    }),
  },
  {
    path: '/adjudicate/:id',
    lazy: async () => ({ Component: (await import('../features/adjudication/AdjudicateRoute')).AdjudicateRoute }),
  },
]);

export function AppRouter() {
  return <RouterProvider router={router} />;
}

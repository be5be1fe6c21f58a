/** All addresses of the application. Pages load on demand, so the viewer's code stays out of the first page. */
import { createBrowserRouter, RouterProvider, type RouteObject } from 'react-router';

import { HomeRoute } from '../features/home/HomeRoute';
import { CrashPage, NothingHere, Starting } from './layout/CrashPage';
import { PageGate, WorkspaceGate } from './layout/gates';
import { ProjectIndex } from './layout/ProjectIndex';
import { RootLayout } from './layout/RootLayout';

const pages: RouteObject[] = [
  { path: '/', Component: HomeRoute },
  {
    path: '/projects/new',
    lazy: async () => ({ Component: (await import('../features/newProject/NewProjectRoute')).NewProjectRoute }),
  },
  {
    path: '/administration',
    lazy: async () => ({
      Component: (await import('../features/administration/AdministrationRoute')).AdministrationRoute,
    }),
  },
  { path: '/p/:slug', Component: ProjectIndex },
  {
    path: '/p/:slug/worklist',
    lazy: async () => ({ Component: (await import('../features/worklist/WorklistRoute')).WorklistRoute }),
  },
  {
    path: '/p/:slug/dashboard',
    lazy: async () => ({ Component: (await import('../features/projects/DashboardRoute')).DashboardRoute }),
  },
  {
    path: '/p/:slug/cases',
    lazy: async () => ({ Component: (await import('../features/cases/CasesRoute')).CasesRoute }),
  },
  {
    path: '/p/:slug/images/:instanceId',
    lazy: async () => ({ Component: (await import('../features/cases/ImageRoute')).ImageRoute }),
  },
  {
    path: '/p/:slug/imports',
    lazy: async () => ({ Component: (await import('../features/imports/ImportsRoute')).ImportsRoute }),
  },
  {
    path: '/p/:slug/imports/labels',
    lazy: async () => ({ Component: (await import('../features/imports/CaseLabelsRoute')).CaseLabelsRoute }),
  },
  {
    path: '/p/:slug/imports/:batchId',
    lazy: async () => ({ Component: (await import('../features/imports/ImportBatchRoute')).ImportBatchRoute }),
  },
  {
    path: '/p/:slug/schema',
    lazy: async () => ({ Component: (await import('../features/schema/SchemaRoute')).SchemaRoute }),
  },
  {
    path: '/p/:slug/protocol',
    lazy: async () => ({ Component: (await import('../features/schema/ProtocolRoute')).ProtocolRoute }),
  },
  {
    path: '/p/:slug/rounds',
    lazy: async () => ({ Component: (await import('../features/rounds/RoundsRoute')).RoundsRoute }),
  },
  {
    path: '/p/:slug/learning',
    lazy: async () => ({ Component: (await import('../features/learning/LearningRoute')).LearningRoute }),
  },
  {
    path: '/p/:slug/learning/runs/:runId',
    lazy: async () => ({ Component: (await import('../features/learning/TrainingRunRoute')).TrainingRunRoute }),
  },
  {
    path: '/p/:slug/learning/ranking',
    lazy: async () => ({ Component: (await import('../features/learning/RankingRoute')).RankingRoute }),
  },
  {
    path: '/p/:slug/members',
    lazy: async () => ({ Component: (await import('../features/members/MembersRoute')).MembersRoute }),
  },
  {
    path: '/p/:slug/settings',
    lazy: async () => ({ Component: (await import('../features/projectSettings/SettingsRoute')).SettingsRoute }),
  },
  {
    path: '/p/:slug/adjudicate',
    lazy: async () => ({
      Component: (await import('../features/adjudication/AdjudicationListRoute')).AdjudicationListRoute,
    }),
  },
  { path: '*', Component: NothingHere },
];

const workspaces: RouteObject[] = [
  {
    path: '/p/:slug/cases/:number',
    lazy: async () => ({ Component: (await import('../features/cases/page/CaseRoute')).CaseRoute }),
  },
  {
    path: '/p/:slug/read',
    lazy: async () => ({ Component: (await import('../features/reading/NextCaseRoute')).NextCaseRoute }),
  },
  {
    path: '/p/:slug/as-reader/:number?',
    lazy: async () => ({ Component: (await import('../features/reading/AsReaderRoute')).AsReaderRoute }),
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
    path: '/adjudicate/:id',
    lazy: async () => ({ Component: (await import('../features/adjudication/AdjudicateRoute')).AdjudicateRoute }),
  },
];

const router = createBrowserRouter([
  {
    Component: RootLayout,
    ErrorBoundary: CrashPage,
    HydrateFallback: Starting,
    children: [
      {
        path: '/invitation',
        lazy: async () => ({ Component: (await import('../features/session/InvitationPage')).InvitationPage }),
      },
      { Component: PageGate, children: pages },
      { Component: WorkspaceGate, handle: { workspace: true }, children: workspaces },
    ],
  },
]);

export function AppRouter() {
  return <RouterProvider router={router} />;
}

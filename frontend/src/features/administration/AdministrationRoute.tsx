/** The administrator's page: what runs and whether it is well, who has an account, which projects there are. */
import { Page } from '../../components/page/Page';
import { DeletionsPanel } from './components/DeletionsPanel';
import { DiskPanel } from './components/DiskPanel';
import { PeoplePanel } from './components/PeoplePanel';
import { ProjectsPanel } from './components/ProjectsPanel';
import { QueuesPanel } from './components/QueuesPanel';
import { DatabasePanel, SealsPanel, StorePanel, VersionsPanel } from './components/ServerPanels';
import { WorkersPanel } from './components/WorkersPanel';

import './administration.css';

export function AdministrationRoute() {
  return (
    <Page title="Administration" lead="This server, its people and its projects. What is in a project is its members’ alone.">
      <div className="lh-grid">
        <div className="lh-span-8 lh-administration">
          <QueuesPanel />
          <PeoplePanel />
          <ProjectsPanel />
          <DeletionsPanel />
        </div>
        <div className="lh-span-4 lh-administration">
          <WorkersPanel />
          <DiskPanel />
          <StorePanel />
          <DatabasePanel />
          <SealsPanel />
          <VersionsPanel />
        </div>
      </div>
    </Page>
  );
}

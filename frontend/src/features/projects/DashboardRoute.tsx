/** The data manager's view of a project: progress, agreement, what waits for her, and everything to take out. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';

import { dashboardQuery, type Dashboard } from '../../api/dashboard';
import { projectQuery, type Project } from '../../api/projects';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { ALL, ExportMenu } from '../../components/page/ExportMenu';
import { Description } from '../../components/page/Description';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { dateTime, plural } from '../../lib/format';
import { Alerts } from './components/Alerts';
import { FirstSteps } from './components/FirstSteps';
import { FlagsPanel } from './components/FlagsPanel';
import { FunnelPanel } from './components/FunnelPanel';
import { LateReadsPanel, OpenAssignmentsPanel } from './components/Assignments';
import { ModelPanel } from './components/ModelPanel';
import { ReadersPanel } from './components/ReadersPanel';
import { RoundAgreement } from './components/RoundAgreement';
import { TopRow } from './components/TopRow';

export function DashboardRoute() {
  const slug = useParams().slug as string;
  const project = useQuery(projectQuery(slug));
  const dashboard = useQuery(dashboardQuery(slug));
  return (
    <Page
      title={project.data?.name ?? 'Project'}
      lead={lead(project.data, dashboard.data)}
      actions={project.data?.allowed_actions.includes('export') && <ExportMenu slug={slug} what={ALL} reads={project.data.roles.includes('reader')} />}
    >
      {project.data && project.data.description !== '' && (
        // The link that unfolds it stands below it, in a margin of its own.
        <div style={{ display: 'flow-root', marginBottom: 14 }}>
          <Description text={project.data.description} />
        </div>
      )}
      {dashboard.isPending && <LoadingRows rows={10} />}
      {dashboard.error && <LoadFailed error={dashboard.error} onRetry={() => void dashboard.refetch()} />}
      {dashboard.data && <Content slug={slug} project={project.data} dashboard={dashboard.data} />}
    </Page>
  );
}

/** What is measured, and how old the figures are. */
function lead(project: Project | undefined, dashboard: Dashboard | undefined): string {
  const parts = [
    project?.protocol.readers_per_case === undefined ? '' : `${plural(project.protocol.readers_per_case, 'reader')} a case`,
    project ? plural(project.schema.findings.length, 'finding') : '',
    dashboard?.computed_at ? `figures of ${dateTime(dashboard.computed_at)}` : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function Content({ slug, project, dashboard }: { slug: string; project: Project | undefined; dashboard: Dashboard }) {
  return (
    <div style={{ display: 'grid', gap: 14 }} data-testid="dashboard">
      {project && dashboard.reads.done === 0 && <FirstSteps slug={slug} project={project} dashboard={dashboard} />}
      <Alerts slug={slug} dashboard={dashboard} />
      <TopRow dashboard={dashboard} />
      <div className="lh-grid">
        <div className="lh-span-7" style={{ display: 'grid', gap: 14 }}>
          <RoundAgreement slug={slug} dashboard={dashboard} />
        </div>
        <div className="lh-span-5" style={{ display: 'grid', gap: 14 }}>
          <Panel title="From reads to consensus" testId="funnel">
            <FunnelPanel dashboard={dashboard} />
          </Panel>
          <Panel title="Readers" flush testId="readers">
            <ReadersPanel readers={dashboard.readers} />
          </Panel>
        </div>
        <Panel title="Flags" className="lh-span-6" flush testId="flags">
          <FlagsPanel slug={slug} flags={dashboard.flags} />
        </Panel>
        <Panel title="Model in use" className="lh-span-6" testId="model">
          <ModelPanel slug={slug} model={dashboard.model} findings={project?.schema.findings ?? []} />
        </Panel>
        <Panel title="Late reads" className="lh-span-6" side="outside the count until accepted" flush testId="late-reads">
          <LateReadsPanel slug={slug} reads={dashboard.late_reads} />
        </Panel>
        <Panel title="Cases open now" className="lh-span-6" flush testId="open-assignments">
          <OpenAssignmentsPanel slug={slug} assignments={dashboard.open_assignments} />
        </Panel>
      </div>
    </div>
  );
}

/** All projects: that they are there and who manages them, never what is in them. */
import { StateMark } from '../../../components/messages/StateMark';
import { figures, TableHead } from '../../../components/page/TableHead';
import { count, dateTime } from '../../../lib/format';
import { projectsQuery, type AdministeredProject } from '../api/administration';
import { FoundList } from './FoundList';

export function ProjectsPanel() {
  return (
    <FoundList title="Projects" placeholder="Name begins with" empty="No project yet" testId="panel-projects" query={projectsQuery}>
      {(projects) => (
        <table className="lh-table">
          <TableHead columns={['Name', 'Short name', figures('Cases'), 'Data managers', 'Made', 'State']} />
          <tbody>
            {projects.map((project) => (
              <ProjectRow key={project.id} project={project} />
            ))}
          </tbody>
        </table>
      )}
    </FoundList>
  );
}

function ProjectRow({ project }: { project: AdministeredProject }) {
  return (
    <tr data-testid={`administered-${project.slug}`}>
      <td style={{ overflowWrap: 'anywhere' }}>{project.name}</td>
      <td className="lh-mono" style={{ overflowWrap: 'anywhere' }}>
        {project.slug}
      </td>
      <td className="lh-num">{count(project.n_cases)}</td>
      <td>{project.managers.length === 0 && project.deletion_asked_at === null ? <StateMark tone="warn">nobody</StateMark> : project.managers.join(', ')}</td>
      <td className="lh-nowrap">{dateTime(project.created_at)}</td>
      <td>
        <ProjectState project={project} />
      </td>
    </tr>
  );
}

function ProjectState({ project }: { project: AdministeredProject }) {
  if (project.deletion_asked_at !== null) return <StateMark tone="warn">to be deleted</StateMark>;
  if (project.archived_at === null) return <StateMark tone="good">at work</StateMark>;
  return (
    <>
      <StateMark tone="idle">archived</StateMark>
      <div className="lh-note">since {dateTime(project.archived_at)}</div>
    </>
  );
}

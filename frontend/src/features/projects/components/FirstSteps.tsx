/** What leads from an empty project to its first read, on the dashboard until there is one. */
import { Anchor } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import type { Dashboard } from '../../../api/dashboard';
import { membersQuery } from '../../../api/members';
import type { Project } from '../../../api/projects';
import { Panel } from '../../../components/page/Panel';
import { StateMark } from '../../../components/messages/StateMark';
import { firstSteps } from '../firstSteps';

interface FirstStepsProps {
  slug: string;
  project: Project;
  dashboard: Dashboard;
}

export function FirstSteps({ slug, project, dashboard }: FirstStepsProps) {
  const members = useQuery(membersQuery(slug));
  if (members.data === undefined) return null;
  const steps = firstSteps(project, members.data.results, dashboard);
  const next = steps.find((step) => !step.isDone);
  return (
    <Panel title="From here to the first read" flush testId="first-steps">
      <table className="lh-table">
        <tbody>
          {steps.map((step, index) => (
            <tr key={step.code} data-testid={`step-${step.code}`} data-done={step.isDone}>
              <td className="lh-num" style={{ width: 32 }}>
                {index + 1}
              </td>
              <td>
                {step.page === null ? (
                  step.name
                ) : (
                  <Anchor component={Link} to={`/p/${slug}/${step.page}`} size="sm" fw={step === next ? 600 : undefined}>
                    {step.name}
                  </Anchor>
                )}
              </td>
              <td>
                <StateMark tone={step.isDone ? 'good' : step === next ? 'busy' : 'idle'}>{step.state}</StateMark>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** What must not be overlooked: urgent flags, an order that is not the model's, warnings of the project. */
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

import { isToSee, type Dashboard } from '../../../api/dashboard';
import { Notice } from '../../../components/messages/Notice';
import { plural } from '../../../lib/format';

export function Alerts({ slug, dashboard }: { slug: string; dashboard: Dashboard }) {
  const { queue } = dashboard;
  const nUrgent = dashboard.flags.filter((flag) => flag.kind === 'urgent' && isToSee(flag)).length;
  return (
    <>
      {nUrgent > 0 && (
        <Notice tone="bad" testId="urgent-alert">
          <strong>{plural(nUrgent, 'urgent or unexpected finding')}</strong> not seen by you yet: see Flags below.
        </Notice>
      )}
      {(queue.source === 'random' || queue.stale) && (
        <Notice
          tone="warn"
          testId="queue-fallback"
          side={
            <Anchor component={Link} to={`/p/${slug}/learning`} size="sm">
              Learning
            </Anchor>
          }
        >
          <strong>{queue.message}</strong>
        </Notice>
      )}
      {dashboard.warnings.map((warning) => (
        <Notice key={warning} tone="warn">
          {warning}
        </Notice>
      ))}
    </>
  );
}

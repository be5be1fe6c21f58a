/** A roll-back that holds: who put an older model back and why, and the way to let new models be used again. */
import { Button } from '@mantine/core';
import { useState } from 'react';

import { Notice } from '../../../components/messages/Notice';
import { dateTime } from '../../../lib/format';
import type { Learning, useLearningAction } from '../api/learning';
import { ReasonDialog } from './ReasonDialog';

interface RollbackNoticeProps {
  rollback: NonNullable<Learning['rollback']>;
  act: ReturnType<typeof useLearningAction>;
}

export function RollbackNotice({ rollback, act }: RollbackNoticeProps) {
  const [asking, setAsking] = useState(false);
  return (
    <Notice
      tone="warn"
      testId="rollback"
      side={
        <Button size="compact-sm" variant="default" onClick={() => setAsking(true)} data-testid="lift-rollback">
          Use new models again
        </Button>
      }
    >
      <strong>
        {rollback.by} put model {rollback.model} back in use: “{rollback.reason}”.
      </strong>{' '}
      Since {dateTime(rollback.created_at)} new models are kept and not used.
      <ReasonDialog
        opened={asking}
        title="Use new models again"
        button="Lift the roll-back"
        busy={act.isPending}
        onClose={() => setAsking(false)}
        onReason={(reason) => act.mutate({ kind: 'lift', reason }, { onSuccess: () => setAsking(false) })}
      >
        The next model that is trained takes the place of model {rollback.model} by itself. To use one of those trained
        meanwhile, choose it from the table.
      </ReasonDialog>
    </Notice>
  );
}

/** Asked before anything is stored: is this what the label table is meant to say? */
import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import {
  finishImport,
  importQuery,
  sendLabels,
  type ImportBatch,
  type LabelsAnswer,
  type LabelsReport as Report,
} from '../../../api/imports';
import { Notice } from '../../../components/messages/Notice';
import { Panel } from '../../../components/page/Panel';
import { Refused } from '../../../components/messages/Refused';
import { LabelsReport } from './LabelsReport';
import { TablePicker } from './TablePicker';

export function LabelsQuestion({ batch, report }: { batch: ImportBatch; report: Report }) {
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries(importQuery(batch.id));
  const answer = useMutation({
    mutationFn: (labels: LabelsAnswer) => finishImport(batch.id, labels),
    onSettled,
  });
  const replace = useMutation({
    mutationFn: async (table: File) => {
      await sendLabels(batch.id, table);
      await finishImport(batch.id, 'ask');
    },
    onSettled,
  });
  const isBusy = answer.isPending || replace.isPending;
  return (
    <Panel
      title={report.error ? 'The label table cannot be read' : 'Are these the labels?'}
      side={report.name}
      testId="labels-question"
    >
      <div style={{ display: 'grid', gap: 14 }}>
        {report.error ? (
          <Notice tone="bad" testId="labels-error">
            {report.error.message}
          </Notice>
        ) : (
          <LabelsReport batch={batch} report={report} />
        )}
        <div className="lh-note">Nothing of this import has been stored yet. Its files wait for a week.</div>
        <Group gap={8}>
          {!report.error && (
            <Button
              size="xs"
              disabled={isBusy}
              loading={answer.isPending && answer.variables === 'take'}
              onClick={() => answer.mutate('take')}
              data-testid="labels-take"
            >
              Import with these labels
            </Button>
          )}
          <TablePicker
            label="Send another table"
            disabled={isBusy}
            loading={replace.isPending}
            onTable={(table) => replace.mutate(table)}
          />
          <Button
            size="xs"
            variant="default"
            disabled={isBusy}
            loading={answer.isPending && answer.variables === 'leave'}
            onClick={() => answer.mutate('leave')}
            data-testid="labels-leave"
          >
            Import without labels
          </Button>
        </Group>
        {(answer.error ?? replace.error) && <Refused error={answer.error ?? replace.error} />}
      </div>
    </Panel>
  );
}

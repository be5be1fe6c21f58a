/** Bringing images into a project, and what came of earlier imports. */
import { Button, Group } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';

import { importQuery } from '../../api/imports';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { DropZone } from '../../components/files/DropZone';
import { Notice } from '../../components/messages/Notice';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { jobTone, StateMark } from '../../components/messages/StateMark';
import { Refused } from '../../components/messages/Refused';
import { useStillShown } from '../../hooks/useStillShown';
import type { PickedFile } from '../../lib/fileTree';
import { dateTime, NOTHING, plural } from '../../lib/format';
import { importsQuery, type ImportRow } from './api/imports';
import { TablePicker } from './components/TablePicker';
import { TableHead } from '../../components/page/TableHead';
import { sendNewBatch } from './sendFiles';

export function ImportsRoute() {
  const slug = useParams().slug as string;
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const isStillShown = useStillShown(slug);
  const [isEmpty, setIsEmpty] = useState(false);
  const [table, setTable] = useState<File | null>(null);
  const imports = useQuery(importsQuery(slug));
  const send = useMutation({
    mutationFn: (files: PickedFile[]) =>
      sendNewBatch(slug, files, table, (id) => isStillShown(slug) && void navigate(`/p/${slug}/imports/${id}`)),
    // The page of the import may be open by now.
    onSuccess: (id) => queryClient.invalidateQueries(importQuery(id)),
  });
  const take = (files: PickedFile[]) => {
    setIsEmpty(files.length === 0);
    if (files.length > 0) send.mutate(files);
  };

  return (
    <Page
      title="Import"
      lead="Every file gets its own outcome; one bad file never stops the rest. Identifiers are replaced by pseudonyms of this project."
      width="form"
      actions={
        <Button size="xs" variant="default" component={Link} to={`/p/${slug}/imports/labels`} data-testid="case-labels-link">
          Labels for cases that are here
        </Button>
      }
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Panel>
          <DropZone
            title="Drop a folder, a zip or single files here"
            note="DICOM in any transfer syntax, PNG and JPEG. A patient’s images stay in one split: pool, validation or test."
            disabled={send.isPending}
            testId="import-drop"
            onFiles={take}
          />
          <Group gap={8} mt={12}>
            <TablePicker
              label={table === null ? 'Choose a label table first' : 'Choose another table'}
              disabled={send.isPending}
              onTable={setTable}
            />
            {table === null ? (
              <span className="lh-note">
                Optional: names patients and labels, by the columns image, patient_id and one per finding. A labels.csv
                among the images is found by itself. What it matches is shown before anything is stored.
              </span>
            ) : (
              <span className="lh-note" data-testid="labels-chosen" style={{ overflowWrap: 'anywhere' }}>
                {table.name} goes with what you drop next.{' '}
                <Button size="compact-xs" variant="subtle" onClick={() => setTable(null)}>
                  Leave it out
                </Button>
              </span>
            )}
          </Group>
        </Panel>
        {isEmpty && <Notice tone="warn">There was no file in what you dropped.</Notice>}
        {send.isError && <Refused error={send.error} />}
        <Panel title="Imports" flush>
          {imports.isPending && <LoadingRows />}
          {imports.error && <LoadFailed error={imports.error} onRetry={() => void imports.refetch()} />}
          {imports.data?.results.length === 0 && (
            <Blank title="Nothing imported yet">Cases appear in the worklist as soon as their batch is done.</Blank>
          )}
          {imports.data && imports.data.results.length > 0 && (
            <BatchTable batches={imports.data.results} onOpen={(id) => void navigate(`/p/${slug}/imports/${id}`)} />
          )}
        </Panel>
      </div>
    </Page>
  );
}

/** An import that rejected files is done, but not well done. */
function BatchState({ batch }: { batch: ImportRow }) {
  if (batch.state === 'asking') return <StateMark tone="warn">asks about its labels</StateMark>;
  if (batch.state !== 'done' || batch.n_rejected === 0) return <StateMark tone={jobTone(batch.state)}>{batch.state}</StateMark>;
  return <StateMark tone="warn">{`done, ${plural(batch.n_rejected, 'file')} rejected`}</StateMark>;
}

function BatchTable({ batches, onOpen }: { batches: ImportRow[]; onOpen: (id: string) => void }) {
  return (
    <table className="lh-table" data-testid="import-list">
      <TableHead columns={['State', 'Begun', 'Finished', 'By']} />
      <tbody>
        {batches.map((batch) => (
          <tr
            key={batch.id}
            data-clickable
            onClick={() => onOpen(batch.id)}
            data-testid={`import-${batch.id}`}
          >
            <td>
              <BatchState batch={batch} />
            </td>
            <td>
              <button
                type="button"
                className="lh-row-button"
                aria-label={`Import of ${dateTime(batch.created_at)}: outcomes`}
              >
                {dateTime(batch.created_at)}
              </button>
            </td>
            <td>{dateTime(batch.finished_at)}</td>
            <td>{batch.created_by || NOTHING}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

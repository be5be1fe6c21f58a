/** Bringing images into a project, and what came of earlier imports. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';

import { Blank, LoadFailed, LoadingRows } from '../../components/Blank';
import { DropZone } from '../../components/DropZone';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { Panel } from '../../components/Panel';
import { jobTone, StateMark } from '../../components/StateMark';
import { Refused } from '../../components/Refused';
import type { PickedFile } from '../../lib/fileTree';
import { dateTime, NOTHING } from '../../lib/format';
import { importsQuery, type ImportRow } from './api/imports';
import { sendNewBatch } from './sendFiles';

export function ImportsRoute() {
  const slug = useParams().slug as string;
  const navigate = useNavigate();
  const [isEmpty, setIsEmpty] = useState(false);
  const imports = useQuery(importsQuery(slug));
  const send = useMutation({
    mutationFn: (files: PickedFile[]) =>
      sendNewBatch(slug, files, (id) => void navigate(`/p/${slug}/imports/${id}`)),
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
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Panel>
          <DropZone
            title="Drop a folder, a zip or single files here"
            note="DICOM in any transfer syntax, PNG and JPEG; a labels.csv among them names patients and labels. A patient’s images stay in one split: pool, validation or test."
            disabled={send.isPending}
            testId="import-drop"
            onFiles={take}
          />
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

function BatchTable({ batches, onOpen }: { batches: ImportRow[]; onOpen: (id: string) => void }) {
  return (
    <table className="lh-table" data-testid="import-list">
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Begun</th>
          <th scope="col">Finished</th>
          <th scope="col">By</th>
        </tr>
      </thead>
      <tbody>
        {batches.map((batch) => (
          <tr
            key={batch.id}
            data-clickable
            onClick={() => onOpen(batch.id)}
            data-testid={`import-${batch.id}`}
          >
            <td>
              <StateMark tone={jobTone(batch.state)}>{batch.state}</StateMark>
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

/** One import: what is sent, what has been examined, and the outcome of every file. */
import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { finishImport, importQuery, type ImportBatch } from '../../api/imports';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { DropZone } from '../../components/files/DropZone';
import { ImportOutcomes } from '../../components/files/ImportOutcomes';
import { Notice } from '../../components/messages/Notice';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { RefusedUploads } from '../../components/files/RefusedUploads';
import { UploadProgress } from '../../components/files/UploadProgress';
import { Refused } from '../../components/messages/Refused';
import { cancelUpload, useUpload } from '../../hooks/useUpload';
import { isWhole, type UploadSnapshot } from '../../lib/uploadQueue';
import { count, plural } from '../../lib/format';
import { FileTable } from './components/FileTable';
import { LabelsQuestion } from './components/LabelsQuestion';
import { LabelsReport } from './components/LabelsReport';
import { sendRest } from './sendFiles';

export function ImportBatchRoute() {
  const { slug, batchId } = useParams() as { slug: string; batchId: string };
  const batch = useQuery(importQuery(batchId));
  return (
    <Page
      title="Import"
      lead={batch.data && plural(batch.data.n_files, 'file')}
      width="form"
      actions={
        <Button component={Link} to={`/p/${slug}/imports`} variant="default" size="xs">
          All imports
        </Button>
      }
    >
      {batch.isPending && <LoadingRows />}
      {batch.error && <LoadFailed error={batch.error} onRetry={() => void batch.refetch()} />}
      {batch.data && <Batch batch={batch.data} />}
    </Page>
  );
}

function Batch({ batch }: { batch: ImportBatch }) {
  const upload = useUpload(batch.id);
  const nRejected = batch.counts.reduce((sum, row) => sum + (row.outcome === 'rejected' ? row.n : 0), 0);
  const isExamined = batch.state === 'done' || batch.state === 'failed';
  return (
    <div style={{ display: 'grid', gap: 14 }} data-testid="import-batch" data-state={batch.state}>
      {batch.state === 'receiving' && <Receiving batch={batch} upload={upload} />}
      <RefusedUploads upload={upload} />
      {batch.state === 'asking' && batch.labels && <LabelsQuestion batch={batch} report={batch.labels} />}
      {(batch.state === 'queued' || batch.state === 'running') && <Examining batch={batch} />}
      {batch.state === 'failed' && (
        <Notice tone="bad">
          {batch.error?.message ?? 'The import failed as a whole.'} Files that were examined before are safe; send the folder again and they will show as duplicates.
        </Notice>
      )}
      {batch.state === 'done' && nRejected > 0 && (
        <Notice tone="warn" testId="import-rejected">
          {plural(nRejected, 'file')} of {count(batch.n_files)} {nRejected === 1 ? 'was' : 'were'} rejected: the lists below say
          which and why.
        </Notice>
      )}
      {batch.state === 'done' && batch.labels && (
        <Panel title="Labels" side={batch.labels.name}>
          <LabelsReport batch={batch} report={batch.labels} />
        </Panel>
      )}
      {batch.counts.length > 0 && batch.state !== 'asking' && (
        <Panel title="Outcomes" flush>
          <ImportOutcomes counts={batch.counts} />
        </Panel>
      )}
      {(isExamined || batch.n_files > 0) && <FileTable batchId={batch.id} state={batch.state} />}
    </div>
  );
}

function Receiving({ batch, upload }: { batch: ImportBatch; upload: UploadSnapshot | null }) {
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries(importQuery(batch.id));
  const rest = useMutation({
    mutationFn: (files: Parameters<typeof sendRest>[1]) => sendRest(batch.id, files),
    onSettled: refresh,
  });
  const finish = useMutation({ mutationFn: () => finishImport(batch.id, 'ask'), onSettled: refresh });
  const isSending = upload?.state === 'sending' || upload?.state === 'waiting';

  return (
    <Panel title="Receiving files">
      <div style={{ display: 'grid', gap: 14 }}>
        {upload && <UploadProgress upload={upload} />}
        {isSending ? (
          <Button size="xs" variant="default" w="fit-content" onClick={() => cancelUpload(batch.id)} data-testid="upload-stop">
            Stop sending
          </Button>
        ) : (
          <>
            {upload !== null && isWhole(upload) ? (
              <Notice testId="upload-whole">All of them are on the server, which is told to import them.</Notice>
            ) : (
              <>
                <Notice tone="warn" testId="upload-stopped">
                  {upload?.state === 'sent' ? refusedText(upload) : stoppedText(batch)} Drop the same folder to send only
                  what is missing, or import what is there.
                </Notice>
                <DropZone
                  title="Drop the folder again"
                  note="Files that arrived are not sent twice."
                  disabled={rest.isPending}
                  testId="import-resume"
                  onFiles={(files) => rest.mutate(files)}
                />
              </>
            )}
            <Button
              size="xs"
              w="fit-content"
              disabled={batch.n_files === 0}
              loading={finish.isPending}
              onClick={() => finish.mutate()}
              data-testid="import-finish"
            >
              Import {plural(batch.n_files, 'file')}
            </Button>
          </>
        )}
        {(rest.error ?? finish.error) && <Refused error={rest.error ?? finish.error} />}
      </div>
    </Panel>
  );
}

function stoppedText(batch: ImportBatch): string {
  return `The upload stopped with ${plural(batch.n_files, 'file')} on the server.`;
}

function refusedText({ nFailed, nTotal }: UploadSnapshot): string {
  const were = nFailed === 1 ? 'was' : 'were';
  return `${count(nFailed)} of ${plural(nTotal, 'file')} ${were} refused while sending: the list below says which and why. Nothing has been imported yet.`;
}

function Examining({ batch }: { batch: ImportBatch }) {
  const share = batch.n_files === 0 ? 0 : batch.n_done / batch.n_files;
  return (
    <Panel title={batch.state === 'queued' ? 'Waiting for the import worker' : 'Examining files'}>
      <Progress value={share * 100} size="sm" aria-label="Examined" />
      <div className="lh-note" style={{ marginTop: 6 }} aria-live="polite">
        {count(batch.n_done)} of {plural(batch.n_files, 'file')} examined. You can leave this page; the work goes on.
      </div>
    </Panel>
  );
}

/** Demo: drop one's own study and read it a moment later. Nothing leaves this machine. */
import { Button, Loader, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconArrowRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import {
  createOwnStudy,
  finishImport,
  importFilesQuery,
  importQuery,
  readOwnStudy,
  stagedPaths,
  type ImportBatch,
} from '../../../api/imports';
import { sessionQuery } from '../../../api/session';
import type { ProjectRef } from '../../../api/types';
import { DropZone } from '../../../components/files/DropZone';
import { FileOutcomes } from '../../../components/files/FileOutcomes';
import { ImportOutcomes } from '../../../components/files/ImportOutcomes';
import { Notice } from '../../../components/messages/Notice';
import { Panel } from '../../../components/page/Panel';
import { RefusedUploads } from '../../../components/files/RefusedUploads';
import { UploadProgress } from '../../../components/files/UploadProgress';
import { Refused } from '../../../components/messages/Refused';
import { cancelUpload, startUpload, useUpload } from '../../../hooks/useUpload';
import type { PickedFile } from '../../../lib/fileTree';
import { plural } from '../../../lib/format';

const LAST_IMPORT = 'labelhub own study';

/** The projects of the demo that take a visitor's own images: one of them is there. */
const OWN_STUDY_PROJECTS = ['real', 'own'];

export function OwnStudy({ projects }: { projects: ProjectRef[] }) {
  const queryClient = useQueryClient();
  const [batchId, setBatchId] = useLastImport();
  const upload = useUpload(batchId);
  const batch = useQuery({ ...importQuery(batchId ?? ''), enabled: batchId !== null, retry: false });
  // An upload that a reload or a lost tab broke off goes on with the same import.
  const broken = batch.data?.state === 'receiving' ? batch.data : null;
  const send = useMutation({
    mutationFn: async (files: PickedFile[]) => {
      const id = broken?.id ?? (await createOwnStudy()).id;
      const have = broken ? await stagedPaths(id) : new Set<string>();
      setBatchId(id);
      const rest = files.filter(({ path }) => !have.has(path));
      const sent = await startUpload(id, rest);
      if (sent.state === 'cancelled') return setBatchId(null);
      await finishImport(id, 'take');
      await queryClient.invalidateQueries(importQuery(id));
      // The demo may have made this person a reader of the project just now.
      await queryClient.invalidateQueries(sessionQuery);
    },
  });
  const canRead = projects.some((each) => OWN_STUDY_PROJECTS.includes(each.slug) && each.roles.includes('reader'));

  return (
    <Panel title="Read a study of your own" side="Nothing leaves this machine" testId="own-study">
      <Stack gap={14}>
        {!send.isPending && broken && (
          <Notice tone="warn" testId="own-study-broken">
            The upload stopped with {plural(broken.n_files, 'file')} on this computer. Drop the same files again to send
            what is missing.
          </Notice>
        )}
        {!send.isPending && (
          <DropZone
            title="Drop a DICOM folder, a zip, or PNG and JPEG images"
            note="They are read by this computer only, and identifiers are replaced by pseudonyms on the way in."
            testId="own-study-drop"
            onFiles={(files) => {
              if (files.length > 0) send.mutate(files);
            }}
          />
        )}
        {send.isPending && upload && (
          <>
            <UploadProgress upload={upload} />
            {batchId !== null && upload.state !== 'sent' && (
              <Button size="compact-sm" variant="default" w="fit-content" onClick={() => cancelUpload(batchId)}>
                Stop
              </Button>
            )}
          </>
        )}
        {send.isError && <Refused error={send.error} />}
        <RefusedUploads upload={upload} />
        {batch.data && !send.isPending && !broken && <BatchResult batch={batch.data} canRead={canRead} />}
      </Stack>
    </Panel>
  );
}

function BatchResult({ batch, canRead }: { batch: ImportBatch; canRead: boolean }) {
  const navigate = useNavigate();
  const read = useMutation({ mutationFn: () => readOwnStudy(batch.id) });
  const begin = () =>
    // Asked with the click: nobody who has left the page meanwhile is moved.
    read.mutate(undefined, {
      onSuccess: ({ assignment }) => {
        if (assignment !== null) void navigate(`/read/${assignment}`);
      },
    });
  if (batch.state === 'failed') {
    return (
      <Notice tone="bad">
        {batch.error?.message ?? 'The import failed as a whole.'} Files that were examined before are safe. Drop them
        again.
      </Notice>
    );
  }
  if (batch.state === 'asking') return <WithoutTable batch={batch} />;
  if (batch.state !== 'done') {
    return (
      <div className="lh-note" role="status" aria-live="polite" data-testid="own-study-progress">
        <Loader size={14} color="gray" mr={8} />
        Examined {batch.n_done} of {plural(batch.n_files, 'file')} …
      </div>
    );
  }
  const nAccepted = batch.counts
    .filter((each) => each.outcome === 'accepted' && each.code !== 'no_pixels')
    .reduce((sum, each) => sum + each.n, 0);
  const nKnown = batch.counts.filter((each) => each.outcome === 'duplicate').reduce((sum, each) => sum + each.n, 0);
  return (
    <Stack gap={14} data-testid="own-study-done">
      {nAccepted + nKnown === 0 && (
        <Notice tone="warn">None of these files holds an image that can be read. The table says why.</Notice>
      )}
      {nAccepted + nKnown > 0 && !canRead && (
        <Notice>It is in the project now. Sign in as one of its readers to read it.</Notice>
      )}
      {nAccepted + nKnown > 0 && canRead && (
        <Button
          size="lg"
          loading={read.isPending}
          rightSection={<IconArrowRight size={20} />}
          onClick={begin}
          data-testid="own-study-read"
        >
          Read it now
        </Button>
      )}
      {read.isError && <Refused error={read.error} />}
      {read.data?.assignment === null && <Notice>{read.data.message}</Notice>}
      <div className="lh-panel">
        <ImportOutcomes counts={batch.counts} />
      </div>
      {batch.counts.some((each) => each.outcome === 'rejected') && <Rejections batch={batch} />}
    </Stack>
  );
}

/** The first page of files that were refused, each with its reason. */
function Rejections({ batch }: { batch: ImportBatch }) {
  const files = useQuery(importFilesQuery(batch.id, batch.state, 'rejected', null));
  if (!files.data) return null;
  return (
    <div className="lh-panel">
      <FileOutcomes files={files.data.results} testId="own-study-rejected" />
      {files.data.next !== null && <div className="lh-note">And more. Drop fewer at a time to see all.</div>}
    </div>
  );
}

/** A label table among the files cannot be read: the images can come in without it. */
function WithoutTable({ batch }: { batch: ImportBatch }) {
  const queryClient = useQueryClient();
  const leave = useMutation({
    mutationFn: () => finishImport(batch.id, 'leave'),
    onSettled: () => queryClient.invalidateQueries(importQuery(batch.id)),
  });
  return (
    <Notice
      tone="warn"
      testId="own-study-labels"
      side={
        <Button size="compact-sm" variant="default" loading={leave.isPending} onClick={() => leave.mutate()}>
          Go on without it
        </Button>
      }
    >
      {batch.labels?.error?.message} Nothing has been stored yet.
      {leave.error && <Refused error={leave.error} />}
    </Notice>
  );
}

/** The import of this tab, found again after a reload. */
function useLastImport(): [string | null, (id: string | null) => void] {
  const [id, setId] = useState(() => sessionStorage.getItem(LAST_IMPORT));
  const keep = (next: string | null) => {
    setId(next);
    if (next === null) sessionStorage.removeItem(LAST_IMPORT);
    else sessionStorage.setItem(LAST_IMPORT, next);
  };
  return [id, keep];
}

/** Demo: drop one's own study and read it a moment later. Nothing leaves this machine. */
import { Button, Loader, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { IconArrowRight } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import { createOwnStudy, finishImport, importQuery, readOwnStudy, type ImportBatch } from '../../../api/imports';
import { sessionQuery } from '../../../api/session';
import type { ProjectRef } from '../../../api/types';
import { DropZone } from '../../../components/DropZone';
import { ImportOutcomes } from '../../../components/ImportOutcomes';
import { Notice } from '../../../components/Notice';
import { Panel } from '../../../components/Panel';
import { UploadProgress } from '../../../components/UploadProgress';
import { Refused } from '../../../components/Refused';
import { cancelUpload, startUpload, useUpload } from '../../../hooks/useUpload';
import type { PickedFile } from '../../../lib/fileTree';
import { plural } from '../../../lib/format';

/** The projects of the demo that take a visitor's own images: one of them is there. */
const OWN_STUDY_PROJECTS = ['real', 'own'];

export function OwnStudy({ projects }: { projects: ProjectRef[] }) {
  const queryClient = useQueryClient();
  const [batchId, setBatchId] = useState<string | null>(null);
  const upload = useUpload(batchId);
  const send = useMutation({
    mutationFn: async (files: PickedFile[]) => {
      const batch = await createOwnStudy();
      setBatchId(batch.id);
      const sent = await startUpload(batch.id, files);
      if (sent.state === 'cancelled') return setBatchId(null);
      await finishImport(batch.id);
      await queryClient.invalidateQueries(importQuery(batch.id));
      // The demo may have made this person a reader of the project just now.
      await queryClient.invalidateQueries(sessionQuery);
    },
  });
  const batch = useQuery({ ...importQuery(batchId ?? ''), enabled: batchId !== null && send.isSuccess });
  const canRead = projects.some((each) => OWN_STUDY_PROJECTS.includes(each.slug) && each.roles.includes('reader'));

  return (
    <Panel title="Read a study of your own" side="Nothing leaves this machine" testId="own-study">
      <Stack gap={14}>
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
        {batch.data && <BatchResult batch={batch.data} canRead={canRead} />}
      </Stack>
    </Panel>
  );
}

function BatchResult({ batch, canRead }: { batch: ImportBatch; canRead: boolean }) {
  const navigate = useNavigate();
  const read = useMutation({
    mutationFn: () => readOwnStudy(batch.id),
    onSuccess: ({ assignment }) => {
      if (assignment !== null) void navigate(`/read/${assignment}`);
    },
  });
  if (batch.state === 'failed') {
    return <Notice tone="bad">The import failed as a whole. The files that were examined before are safe. Try again.</Notice>;
  }
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
          onClick={() => read.mutate()}
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
    </Stack>
  );
}

/** All files of a batch, one page of keys at a time. */
import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';

import { importFilesQuery, type FileOutcome, type ImportState } from '../../../api/imports';
import { LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { FileOutcomes } from '../../../components/files/FileOutcomes';
import { outcomeName } from '../../../components/files/outcomes';
import { Pager } from '../../../components/page/Pager';
import { Panel } from '../../../components/page/Panel';
import { useCursor } from '../../../hooks/useCursor';

const OUTCOMES: FileOutcome[] = ['rejected', 'accepted', 'duplicate', 'staged'];

export function FileTable({ batchId, state }: { batchId: string; state: ImportState }) {
  const slug = useParams().slug as string;
  const [outcome, setOutcome] = useState<FileOutcome | null>(null);
  const list = useCursor({ outcome });
  const files = useQuery({ ...importFilesQuery(batchId, state, outcome, list.cursor), placeholderData: keepPreviousData });
  const next = files.data?.next ?? null;
  return (
    <Panel
      title="Files"
      flush
      testId="import-files"
      side={
        <>
          <span>rejected first, then those with warnings</span>
          <Select
            size="xs"
            w={140}
            placeholder="All outcomes"
            aria-label="Outcome"
            clearable
            data={OUTCOMES.map((value) => ({ value, label: outcomeName(value) }))}
            value={outcome}
            onChange={(value) => setOutcome(value as FileOutcome | null)}
          />
        </>
      }
    >
      {files.isPending && <LoadingRows />}
      {files.error && <LoadFailed error={files.error} onRetry={() => void files.refetch()} />}
      {files.data && <FileOutcomes files={files.data.results} imagePath={(instance) => `/p/${slug}/images/${instance}`} />}
      <Pager
        page={list.page}
        hasNext={next !== null}
        onBack={list.back}
        onNext={() => next !== null && list.next(next)}
      />
    </Panel>
  );
}

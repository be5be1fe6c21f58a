/** All files of a batch, one page of keys at a time. */
import { Select } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { FileOutcome, ImportState } from '../../../api/imports';
import { LoadFailed, LoadingRows } from '../../../components/Blank';
import { OUTCOME_TONES, outcomeName } from '../../../components/outcomes';
import { Pager } from '../../../components/Pager';
import { Panel } from '../../../components/Panel';
import { StateMark } from '../../../components/StateMark';
import { useCursor } from '../../../hooks/useCursor';
import { words } from '../../../lib/format';
import { importFilesQuery } from '../api/imports';

const OUTCOMES: FileOutcome[] = ['rejected', 'accepted', 'duplicate', 'staged'];

export function FileTable({ batchId, state }: { batchId: string; state: ImportState }) {
  const list = useCursor();
  const [outcome, setOutcome] = useState<FileOutcome | null>(null);
  const files = useQuery({ ...importFilesQuery(batchId, state, outcome, list.cursor), placeholderData: keepPreviousData });
  const next = files.data?.next ?? null;
  return (
    <Panel
      title="Files"
      flush
      testId="import-files"
      side={
        <Select
          size="xs"
          w={140}
          placeholder="All outcomes"
          aria-label="Outcome"
          clearable
          data={OUTCOMES.map((value) => ({ value, label: outcomeName(value) }))}
          value={outcome}
          onChange={(value) => {
            setOutcome(value as FileOutcome | null);
            list.reset();
          }}
        />
      }
    >
      {files.isPending && <LoadingRows />}
      {files.error && <LoadFailed error={files.error} onRetry={() => void files.refetch()} />}
      {files.data && (
        <table className="lh-table">
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col">Outcome</th>
              <th scope="col">What it means</th>
            </tr>
          </thead>
          <tbody>
            {files.data.results.map((file) => (
              <tr key={file.id}>
                <td className="lh-mono" style={{ wordBreak: 'break-all' }}>
                  {file.path}
                </td>
                <td>
                  <StateMark tone={OUTCOME_TONES[file.outcome] ?? 'idle'}>{outcomeName(file.outcome)}</StateMark>
                </td>
                <td>
                  {file.message}
                  {file.warnings.length > 0 && (
                    <div className="lh-note">{file.warnings.map(words).join(' · ')}</div>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Pager
        page={list.page}
        hasNext={next !== null}
        onBack={list.back}
        onNext={() => next !== null && list.next(next)}
      />
    </Panel>
  );
}

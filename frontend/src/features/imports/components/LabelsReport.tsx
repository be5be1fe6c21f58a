/** What a label table matches, and every line and file that is left over. */
import { Anchor } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import { mismatchesQuery, type ImportBatch, type LabelsReport as Report, type MismatchKind } from '../../../api/imports';
import { LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { Notice } from '../../../components/messages/Notice';
import { Pager } from '../../../components/page/Pager';
import { figures, TableHead } from '../../../components/page/TableHead';
import { useCursor } from '../../../hooks/useCursor';
import { count, plural, words } from '../../../lib/format';

const LEFT_OVER: Record<MismatchKind, string> = { line: 'Lines without a file', file: 'Files without a line' };

/** What stays as it was, by the warning that each such file carries. */
const KEPT: Record<string, string> = {
  patient_kept: 'the patient stays, whom the file, a manager or an earlier read has settled',
  facts_kept: 'site, group, sex, age, view or indication stay as they were',
  labels_kept: 'the labels stay, since somebody has opened the case',
  read_kept: 'the read was not taken: the reader has read it otherwise, or the case has all its reads',
};

export function LabelsReport({ batch, report }: { batch: ImportBatch; report: Report }) {
  const slug = useParams().slug as string;
  return (
    <div style={{ display: 'grid', gap: 14 }} data-testid="labels-report">
      <div>
        <strong>
          {count(report.matched)} of {plural(report.lines, 'line')}
        </strong>{' '}
        {report.matched === 1 ? 'has' : 'have'} a file · {plural(report.n_patients, 'patient')} named · read as{' '}
        {report.labels_as.replace('-', ' ')}
      </div>
      {report.ignored_columns.length > 0 && (
        <Notice tone="warn" testId="labels-ignored">
          {plural(report.ignored_columns.length, 'column')} left out, since the schema has no such finding:{' '}
          <span style={{ overflowWrap: 'anywhere' }}>{report.ignored_columns.join(', ')}</span>. If one is meant, add it to
          the <Anchor inherit underline="always" component={Link} to={`/p/${slug}/schema`}>
            schema
          </Anchor> first; nothing is added by an import.
        </Notice>
      )}
      {report.kept.length > 0 && (
        <Notice tone="warn" testId="labels-kept">
          The table could not change all that it says otherwise:
          <ul style={{ margin: '4px 0 0', paddingLeft: 18 }}>
            {report.kept.map((each) => (
              <li key={each.code}>
                {plural(each.n, 'file')}: {KEPT[each.code] ?? words(each.code)}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {report.findings.length > 0 && <Findings findings={report.findings} />}
      {report.n_lines_without_file > 0 && <LeftOver batch={batch} kind="line" n={report.n_lines_without_file} />}
      {report.n_files_without_line > 0 && <LeftOver batch={batch} kind="file" n={report.n_files_without_line} />}
    </div>
  );
}

function Findings({ findings }: { findings: Report['findings'] }) {
  return (
    <table className="lh-table">
      <TableHead columns={['Finding', figures('Present'), figures('Absent'), figures('Uncertain')]} />
      <tbody>
        {findings.map((row) => (
          <tr key={row.finding}>
            <td className="lh-mono">{row.finding}</td>
            <td className="lh-num">{count(row.present)}</td>
            <td className="lh-num">{count(row.absent)}</td>
            <td className="lh-num">{count(row.uncertain)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function LeftOver({ batch, kind, n }: { batch: ImportBatch; kind: MismatchKind; n: number }) {
  const list = useCursor();
  const page = useQuery({
    ...mismatchesQuery(batch.id, batch.state, kind, list.cursor),
    placeholderData: keepPreviousData,
  });
  const next = page.data?.next ?? null;
  return (
    <details open={n <= 20} data-testid={`labels-left-${kind}`}>
      <summary>
        {LEFT_OVER[kind]}: {count(n)}
      </summary>
      {page.isPending && <LoadingRows rows={2} />}
      {page.error && <LoadFailed error={page.error} onRetry={() => void page.refetch()} />}
      {page.data && (
        <ul className="lh-mono" style={{ margin: '6px 0 0', paddingLeft: 18, overflowWrap: 'anywhere' }}>
          {page.data.results.map((name, index) => (
            <li key={`${index} ${name}`}>{name}</li>
          ))}
        </ul>
      )}
      <Pager
        page={list.page}
        hasNext={next !== null}
        onBack={list.back}
        onNext={() => next !== null && list.next(next)}
      />
    </details>
  );
}

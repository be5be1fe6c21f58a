/** What a table says of the cases that are here: each kind with its count and its first lines. */
import { Anchor } from '@mantine/core';
import { Link, useParams } from 'react-router';

import { Notice } from '../../../components/messages/Notice';
import { StateMark } from '../../../components/messages/StateMark';
import { TableHead } from '../../../components/page/TableHead';
import { count, plural } from '../../../lib/format';
import type { CaseLabelsGroup, CaseLabelsReport as Report } from '../api/caseLabels';
import { counted, kindWords, labelsAsWords } from '../caseLabelWords';

interface CaseLabelsReportProps {
  report: Report;
  /** Of a table that was taken: whether it replaced what stood otherwise. */
  replaced?: boolean;
}

export function CaseLabelsReport({ report, replaced }: CaseLabelsReportProps) {
  const slug = useParams().slug as string;
  return (
    <div style={{ display: 'grid', gap: 12 }} data-testid="case-labels-report">
      <div>
        <strong>{plural(report.n_lines, 'line')}</strong> about {plural(report.n_cases, 'case')} · {labelsAsWords(report.labels_as)} ·{' '}
        <span className="lh-mono">{report.findings.join(', ')}</span>
      </div>
      {report.ignored_columns.length > 0 && (
        <Notice tone="warn" testId="case-labels-ignored">
          {plural(report.ignored_columns.length, 'column')} left out, since the schema has no such finding:{' '}
          <span style={{ overflowWrap: 'anywhere' }}>{report.ignored_columns.join(', ')}</span>. If one is meant, add it to the{' '}
          <Anchor inherit underline="always" component={Link} to={`/p/${slug}/schema`}>
            schema
          </Anchor>{' '}
          first.
        </Notice>
      )}
      {report.groups.map((group) => (
        <Group key={group.kind} group={group} labelsAs={report.labels_as} replaced={replaced} />
      ))}
    </div>
  );
}

function Group({ group, labelsAs, replaced }: { group: CaseLabelsGroup; labelsAs: string; replaced?: boolean }) {
  const { title, note, isBad } = kindWords(group.kind, replaced);
  return (
    <details data-testid={`case-labels-${group.kind}`}>
      <summary>
        <StateMark tone={isBad ? 'warn' : group.kind === 'new' ? 'good' : 'idle'}>{title}</StateMark>{' '}
        <strong>{counted(group.n, group.kind, labelsAs)}</strong>
        {note !== undefined && <span className="lh-note"> · {note}</span>}
      </summary>
      <FirstLines group={group} isTaken={replaced !== undefined} />
    </details>
  );
}

function FirstLines({ group, isTaken }: { group: CaseLabelsGroup; isTaken: boolean }) {
  const slug = useParams().slug as string;
  const hasFinding = group.first.some((row) => row.finding !== '');
  const hasOther = group.kind === 'different';
  const hasMessage = group.first.some((row) => row.message !== '');
  return (
    <>
      <table className="lh-table" style={{ marginTop: 4 }}>
        <TableHead
          columns={[
            'Line',
            'Case',
            ...(hasFinding ? ['Finding', 'Table'] : []),
            ...(hasOther ? [isTaken ? 'Before' : 'Now'] : []),
            ...(hasMessage ? ['Why'] : []),
          ]}
        />
        <tbody>
          {group.first.map((row) => (
            <tr key={`${row.line} ${row.finding}`}>
              <td>{row.line}</td>
              <td style={{ overflowWrap: 'anywhere' }}>
                {row.number === null ? (
                  row.name
                ) : (
                  <Anchor size="sm" component={Link} to={`/p/${slug}/cases/${row.number}`}>
                    Case {row.number}
                  </Anchor>
                )}
                {row.number !== null && row.name !== `Case ${row.number}` && <span className="lh-note"> {row.name}</span>}
              </td>
              {hasFinding && <td className="lh-mono">{row.finding}</td>}
              {hasFinding && <td>{row.says}</td>}
              {hasOther && <td>{row.has}</td>}
              {hasMessage && <td>{row.message}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {group.n > group.first.length && (
        <div className="lh-note">
          The first {count(group.first.length)} of {count(group.n)}.
        </div>
      )}
    </>
  );
}

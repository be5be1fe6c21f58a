/** The tables that were taken for cases that are here, each with what came of it. */
import { useQuery } from '@tanstack/react-query';

import { Blank, LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { Notice } from '../../../components/messages/Notice';
import { jobTone, StateMark } from '../../../components/messages/StateMark';
import { Panel } from '../../../components/page/Panel';
import { dateTime, NOTHING } from '../../../lib/format';
import { caseLabelsQuery, type CaseLabelTable } from '../api/caseLabels';
import { labelsAsWords } from '../caseLabelWords';
import { CaseLabelsReport } from './CaseLabelsReport';

export function TakenTables({ slug }: { slug: string }) {
  const tables = useQuery(caseLabelsQuery(slug));
  return (
    <Panel title="Tables taken">
      {tables.isPending && <LoadingRows rows={2} />}
      {tables.error && <LoadFailed error={tables.error} onRetry={() => void tables.refetch()} />}
      {tables.data?.results.length === 0 && <Blank title="No table yet">What came of each is listed here.</Blank>}
      <div style={{ display: 'grid', gap: 8 }} data-testid="case-labels-taken">
        {tables.data?.results.map((table) => (
          <TakenTable key={table.id} table={table} />
        ))}
      </div>
    </Panel>
  );
}

function TakenTable({ table }: { table: CaseLabelTable }) {
  return (
    <details data-testid={`case-labels-table-${table.state}`}>
      <summary>
        <StateMark tone={jobTone(table.state)}>{table.state === 'succeeded' ? 'done' : table.state}</StateMark>{' '}
        <span style={{ overflowWrap: 'anywhere' }}>{table.name}</span>
        <span className="lh-note">
          {' '}
          · {labelsAsWords(table.labels_as)}
          {table.replaces && ', different ones replaced'} · {dateTime(table.created_at)} · {table.created_by || NOTHING}
        </span>
      </summary>
      <div style={{ display: 'grid', gap: 12, padding: '8px 0 4px 16px' }}>
        {table.message !== '' && <Notice tone="bad">{table.message}</Notice>}
        {table.result !== null && <CaseLabelsReport report={table.result} replaced={table.replaces} />}
      </div>
    </details>
  );
}

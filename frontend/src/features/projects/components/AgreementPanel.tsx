/** Agreement per finding: one measure as a forest plot, all of them in a table. */
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';

import type { AgreementRow } from '../../../api/dashboard';
import { Blank } from '../../../components/messages/Blank';
import { ForestPlot } from '../../../components/charts/ForestPlot';
import { figures, TableHead } from '../../../components/page/TableHead';
import { estimateText, shareText } from '../../../lib/estimate';
import { count } from '../../../lib/format';

type Measure = 'alpha' | 'fleiss' | 'cohen' | 'percent';

const MEASURES: Record<Measure, { label: string; long: string; domain: [number, number]; reference?: number }> = {
  alpha: { label: 'α', long: 'Krippendorff’s alpha', domain: [-0.2, 1], reference: 0 },
  fleiss: { label: 'Fleiss κ', long: 'Fleiss’ kappa', domain: [-0.2, 1], reference: 0 },
  cohen: { label: 'Cohen κ', long: 'Cohen’s kappa', domain: [-0.2, 1], reference: 0 },
  percent: { label: 'Percent', long: 'Share of agreeing pairs', domain: [0, 1] },
};

const COLUMNS: { key: 'percent' | 'cohen' | 'fleiss' | 'alpha' | 'ac1'; label: string }[] = [
  { key: 'percent', label: 'Percent' },
  { key: 'cohen', label: 'Cohen κ' },
  { key: 'fleiss', label: 'Fleiss κ' },
  { key: 'alpha', label: 'Krippendorff α' },
  { key: 'ac1', label: 'Gwet AC1' },
];

export function AgreementPanel({ rows }: { rows: AgreementRow[] }) {
  const [measure, setMeasure] = useState<Measure>('alpha');
  const chosen = MEASURES[measure];
  if (rows.length === 0) {
    return <Blank title="No case has two reads yet">Agreement is measured as soon as two readers have read the same case.</Blank>;
  }
  return (
    <>
      <ForestPlot
        name={`Agreement ${chosen.long}`}
        measure={`${chosen.long}, 95 % interval`}
        domain={chosen.domain}
        reference={chosen.reference}
        rows={rows.map((row) => ({
          label: row.name,
          estimate: row[measure],
          n: row.n,
          reason: row.reasons[measure],
        }))}
        controls={
          <SegmentedControl
            size="xs"
            aria-label="Measure of agreement"
            value={measure}
            onChange={(value) => setMeasure(value as Measure)}
            data={(Object.keys(MEASURES) as Measure[]).map((value) => ({ value, label: MEASURES[value].label }))}
          />
        }
      />
      <div style={{ overflowX: 'auto', margin: '10px -16px -14px' }}>
        <AgreementTable rows={rows} />
      </div>
    </>
  );
}

/** The columns that have a figure for some finding; percent always. */
function AgreementTable({ rows }: { rows: AgreementRow[] }) {
  const columns = COLUMNS.filter(({ key }) => key === 'percent' || rows.some((row) => row[key] !== null));
  return (
    <table className="lh-table" data-dense data-testid="agreement-table">
      <TableHead columns={['Finding', figures('Cases'), ...columns.map(({ key, label }) => figures(label, key))]} />
      <tbody>
        {rows.map((row) => (
          <tr key={row.finding}>
            <td>{row.name}</td>
            <td className="lh-num">{count(row.n)}</td>
            {columns.map(({ key }) => (
              <td key={key} className="lh-num">
                {key === 'percent' ? shareText(row[key]) : estimateText(row[key])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

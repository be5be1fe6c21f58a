/** Outcomes of an import, grouped: how many, which kind, and the one sentence that says what to do. */
import { count } from '../../lib/format';
import { OUTCOME_TONES, outcomeName } from './outcomes';
import { StateMark } from '../messages/StateMark';
import { figures, TableHead } from '../page/TableHead';

interface OutcomeRow {
  outcome: string;
  code: string;
  message: string;
  n: number;
}

const ORDER = ['rejected', 'staged', 'duplicate', 'accepted'];

export function ImportOutcomes({ counts }: { counts: OutcomeRow[] }) {
  const rows = [...counts].sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) || b.n - a.n);
  return (
    <table className="lh-table" data-testid="import-outcomes">
      <TableHead columns={['Outcome', figures('Files'), 'What it means', 'Code']} />
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.outcome}/${row.code}`} data-testid={`outcome-${row.outcome}-${row.code || 'none'}`}>
            <td>
              <StateMark tone={OUTCOME_TONES[row.outcome] ?? 'idle'}>{outcomeName(row.outcome)}</StateMark>
            </td>
            <td className="lh-num">{count(row.n)}</td>
            <td>{row.message || (row.outcome === 'staged' ? 'Received, not yet examined.' : '')}</td>
            <td className="lh-mono">{row.code}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

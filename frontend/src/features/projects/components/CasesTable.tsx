/** One page of cases. */
import type { Finding } from '../../../api/types';
import { StateMark, type Tone } from '../../../components/StateMark';
import type { CaseRow } from '../api/cases';
import { findingName } from '../figures';

const TONES: Record<CaseRow['state'], Tone> = { not_begun: 'idle', begun: 'busy', complete: 'warn', closed: 'good' };
const NAMES: Record<CaseRow['state'], string> = {
  not_begun: 'not begun',
  begun: 'begun',
  complete: 'all reads in',
  closed: 'closed',
};

interface CasesTableProps {
  cases: CaseRow[];
  chosen: string | null;
  findings: Finding[];
  onChoose: (id: string) => void;
}

export function CasesTable({ cases, chosen, findings, onChoose }: CasesTableProps) {
  return (
    <table className="lh-table">
      <thead>
        <tr>
          <th scope="col">Case</th>
          <th scope="col">Split</th>
          <th scope="col">State</th>
          <th scope="col" className="lh-num">
            Reads
          </th>
          <th scope="col">Image</th>
          <th scope="col">Discordant</th>
        </tr>
      </thead>
      <tbody>
        {cases.map((each) => (
          <tr
            key={each.id}
            data-clickable
            data-selected={each.id === chosen || undefined}
            tabIndex={0}
            onClick={() => onChoose(each.id)}
            onKeyDown={(event) => event.key === 'Enter' && onChoose(each.id)}
            aria-label={`${each.label}: why it was offered`}
            data-testid={`case-${each.id}`}
          >
            <td className="lh-mono">{each.label}</td>
            <td>{each.split}</td>
            <td>
              <StateMark tone={TONES[each.state]}>{NAMES[each.state]}</StateMark>
            </td>
            <td className="lh-num">
              {each.n_submitted} / {each.n_needed}
            </td>
            <td>{[each.modality, each.view, each.n_images && each.n_images > 1 ? `${each.n_images} images` : null].filter(Boolean).join(' ')}</td>
            <td>{each.discordant?.map((code) => findingName(findings, code)).join(', ')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

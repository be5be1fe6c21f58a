/** One page of cases. */
import { Button } from '@mantine/core';

import { errorMessage } from '../../../api/errors';
import { StateMark, type Tone } from '../../../components/messages/StateMark';
import { figures, ordered, TableHead, untitled } from '../../../components/page/TableHead';
import { plural } from '../../../lib/format';
import { warningName } from '../../../lib/warnings';
import { useAcceptVersion, type CaseRow } from '../api/cases';

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
  onChoose: (id: string) => void;
  /** The highest number first. */
  isNewestFirst: boolean;
  onTurn: () => void;
}

export function CasesTable({ cases, chosen, onChoose, isNewestFirst, onTurn }: CasesTableProps) {
  const byNumber = ordered('Case', isNewestFirst ? 'descending' : 'ascending', onTurn);
  return (
    <table className="lh-table">
      <TableHead columns={[untitled('Picture'), byNumber, 'Split', 'State', figures('Reads'), figures('Images'), 'Notes']} />
      <tbody>
        {cases.map((each) => (
          <tr
            key={each.id}
            data-clickable
            data-selected={each.id === chosen || undefined}
            onClick={() => onChoose(each.id)}
            data-testid={`case-${each.id}`}
          >
            <td style={{ width: 44, padding: 2 }}>
              {each.thumbnail_url !== '' && (
                <img
                  src={each.thumbnail_url}
                  alt=""
                  loading="lazy"
                  width={40}
                  height={40}
                  style={{ display: 'block', objectFit: 'contain', background: '#000' }}
                />
              )}
            </td>
            <td>
              <button type="button" className="lh-row-button" aria-label={`${each.label}: why it was offered`}>
                {each.label}
              </button>
            </td>
            <td>{each.split}</td>
            <td>
              <StateMark tone={TONES[each.state]}>{NAMES[each.state]}</StateMark>
            </td>
            <td className="lh-num">
              {each.n_submitted} / {each.n_needed}
            </td>
            <td className="lh-num">{each.n_images}</td>
            <td className="lh-note">
              {notes(each)}
              {each.held_version !== null && <HeldVersion caseId={each.id} version={each.held_version} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Images came after somebody opened the case: the manager decides whether readers get them. */
function HeldVersion({ caseId, version }: { caseId: string; version: number }) {
  const accept = useAcceptVersion();
  return (
    <div onClick={(event) => event.stopPropagation()}>
      Version {version} with later images waits.{' '}
      <Button
        size="compact-xs"
        variant="default"
        loading={accept.isPending}
        onClick={() => accept.mutate(caseId)}
        data-testid={`accept-version-${caseId}`}
      >
        Give it to readers
      </Button>
      {accept.isError && <div>{errorMessage(accept.error)}</div>}
    </div>
  );
}

/** What is worth a word: later versions, cases the model cannot score, warnings of the import. */
function notes(row: CaseRow): string {
  return [
    row.version > 1 ? `version ${row.version}` : '',
    row.n_objects > 0 ? `${plural(row.n_objects, 'object')} about it` : '',
    row.can_be_scored ? '' : 'no image that the model can score',
    ...row.warnings.map(warningName),
  ]
    .filter((each) => each !== '')
    .join(' · ');
}

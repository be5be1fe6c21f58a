/** Objects about a case: dose, masks, reports, scouts. They are kept and listed, neither read nor trained on. */
import { useQuery } from '@tanstack/react-query';

import { LoadFailed } from '../../../components/messages/Blank';
import { Panel } from '../../../components/page/Panel';
import { TableHead } from '../../../components/page/TableHead';
import { plural, words } from '../../../lib/format';
import { caseObjectsQuery, type CaseObject } from '../api/cases';

export function CaseObjects({ caseId }: { caseId: string }) {
  const found = useQuery(caseObjectsQuery(caseId));
  if (found.error) return <LoadFailed error={found.error} />;
  if (!found.data || found.data.results.length === 0) return null;
  return (
    <div style={{ marginTop: 14 }}>
      <Panel title="Objects about the case, not read" flush testId="case-objects">
        <table className="lh-table">
          <TableHead columns={['Object', 'Series', 'Kept']} />
          <tbody>
            {found.data.results.map((each) => (
              <tr key={each.instance}>
                <td>{words(each.kind)}</td>
                <td>
                  {each.series_label || each.modality}
                  {each.series_number !== null && <div className="lh-note">series {each.series_number}</div>}
                </td>
                <td>{kept(each)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Panel>
    </div>
  );
}

function kept(each: CaseObject): string {
  const parts = [
    each.n_frames > 0 ? plural(each.n_frames, 'frame') : '',
    each.original_kept ? 'the file as sent' : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : 'only a note of it';
}

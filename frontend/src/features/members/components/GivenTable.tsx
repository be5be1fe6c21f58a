/** Which cases each reader gets, and why not the others. */
import { TableHead } from '../../../components/page/TableHead';
import { numbersText } from '../../../lib/caseNumbers';
import { NOTHING } from '../../../lib/format';
import type { GivenToReader } from '../api/assigning';

export function GivenTable({ given }: { given: GivenToReader[] }) {
  return (
    <div style={{ maxHeight: '40vh', overflowY: 'auto' }} tabIndex={0} role="region" aria-label="Who gets what">
      <table className="lh-table">
        <TableHead columns={['Reader', 'Gets', 'Does not get']} />
        <tbody>
          {given.map((each) => (
            <tr key={each.reader} data-testid="given-row">
              <td>{each.name}</td>
              <td style={{ overflowWrap: 'anywhere' }}>{numbersText(each.numbers) || NOTHING}</td>
              <td>
                {each.refused.length === 0 && NOTHING}
                {each.refused.map(({ code, message, numbers }) => (
                  <div key={code}>
                    {numbersText(numbers)}
                    <span className="lh-note">{` – ${message}`}</span>
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

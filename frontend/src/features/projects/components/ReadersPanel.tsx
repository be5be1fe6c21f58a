/** Readers by what they have read. For the manager's eyes only. */
import type { ReaderRow } from '../../../api/dashboard';
import { Blank } from '../../../components/messages/Blank';
import { Meter } from '../../../components/page/Stat';
import { figures, TableHead } from '../../../components/page/TableHead';
import { count, seconds } from '../../../lib/format';

export function ReadersPanel({ readers }: { readers: ReaderRow[] }) {
  if (readers.length === 0) return <Blank title="Nobody is counted yet">Readers are added on the Members page; each stands here with the next figures.</Blank>;
  const most = Math.max(1, ...readers.map((reader) => reader.submitted));
  return (
    <table className="lh-table">
      <TableHead
        columns={[
          'Reader',
          figures('Reads'),
          { name: 'Share of the busiest reader', isHidden: true, width: '28%' },
          figures('Skipped'),
          figures('Median time'),
        ]}
      />
      <tbody>
        {readers.map((reader) => (
          <tr key={reader.id}>
            <td>
              {reader.name}
              {reader.is_reader === false && <span className="lh-note"> reads no longer</span>}
            </td>
            <td className="lh-num">{count(reader.submitted)}</td>
            <td>
              <Meter share={reader.submitted / most} label={`Reads of ${reader.name}`} />
            </td>
            <td className="lh-num">{count(reader.skipped)}</td>
            <td className="lh-num">{seconds(reader.median_seconds)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

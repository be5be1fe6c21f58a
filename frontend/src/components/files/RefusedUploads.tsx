/** Files that the server refused while they were sent, each with its reason. They are in no import, so only this tab knows them. */
import { count, plural } from '../../lib/format';
import type { UploadSnapshot } from '../../lib/uploadQueue';
import { Panel } from '../page/Panel';
import { TableHead } from '../page/TableHead';

const ROWS_SHOWN = 200;

export function RefusedUploads({ upload }: { upload: UploadSnapshot | null }) {
  if (upload === null || upload.nFailed === 0) return null;
  const nLeft = upload.nFailed - ROWS_SHOWN;
  return (
    <Panel title="Refused while sending" side={`${plural(upload.nFailed, 'file')}, not part of this import`} flush testId="upload-refused">
      <table className="lh-table">
        <TableHead columns={['File', 'Why']} />
        <tbody>
          {upload.failures.slice(0, ROWS_SHOWN).map(({ path, message }) => (
            <tr key={path}>
              <td className="lh-mono" style={{ overflowWrap: 'anywhere' }}>
                {path}
              </td>
              <td>{message}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {nLeft > 0 && <div className="lh-note">And {count(nLeft)} more.</div>}
    </Panel>
  );
}

/** Files with what became of each, and why. */
import { words } from '../lib/format';
import { OUTCOME_TONES, outcomeName } from './outcomes';
import { StateMark } from './StateMark';

interface FileRow {
  id: string;
  path: string;
  outcome: string;
  message: string;
  warnings: string[];
}

export function FileOutcomes({ files, testId }: { files: FileRow[]; testId?: string }) {
  return (
    <table className="lh-table" data-testid={testId}>
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Outcome</th>
          <th scope="col">What it means</th>
        </tr>
      </thead>
      <tbody>
        {files.map((file) => (
          <tr key={file.id}>
            <td className="lh-mono" style={{ overflowWrap: 'anywhere' }}>
              {file.path}
            </td>
            <td>
              <StateMark tone={OUTCOME_TONES[file.outcome] ?? 'idle'}>{outcomeName(file.outcome)}</StateMark>
            </td>
            <td>
              {file.message}
              {file.warnings.length > 0 && <div className="lh-note">{file.warnings.map(words).join(' · ')}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

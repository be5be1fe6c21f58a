/** Files with what became of each, and why. */
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

import { warningName } from '../../lib/warnings';
import { OUTCOME_TONES, outcomeName } from './outcomes';
import { StateMark } from '../messages/StateMark';
import { TableHead } from '../page/TableHead';

interface FileRow {
  id: string;
  path: string;
  outcome: string;
  message: string;
  warnings: string[];
  instance?: string | null;
}

interface FileOutcomesProps {
  files: FileRow[];
  testId?: string;
  /** Where the page about an image is, for those who may look at it. */
  imagePath?: (instance: string) => string;
}

export function FileOutcomes({ files, testId, imagePath }: FileOutcomesProps) {
  return (
    <table className="lh-table" data-testid={testId}>
      <TableHead columns={['File', 'Outcome', 'What it means']} />
      <tbody>
        {files.map((file) => (
          <tr key={file.id}>
            <td className="lh-mono" style={{ overflowWrap: 'anywhere' }}>
              {imagePath && file.instance ? (
                <Anchor component={Link} to={imagePath(file.instance)} inherit title="What was made of the image">
                  {file.path}
                </Anchor>
              ) : (
                file.path
              )}
            </td>
            <td>
              <StateMark tone={OUTCOME_TONES[file.outcome] ?? 'idle'}>{outcomeName(file.outcome)}</StateMark>
            </td>
            <td>
              {file.message}
              {file.warnings.length > 0 && <div className="lh-note">{file.warnings.map(warningName).join(' · ')}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

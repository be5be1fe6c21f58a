/** Why the server refused what a person wanted, point by point where it says so. */
import { refusalDetails } from '../../lib/refusal';
import { Notice } from './Notice';

export function Refused({ error }: { error: unknown }) {
  const details = refusalDetails(error);
  return (
    <Notice tone="bad" testId="refused">
      {error instanceof Error ? error.message : 'This did not work. Try again.'}
      {details.length > 0 && (
        <ul style={{ margin: '4px 0 0', paddingLeft: 18 }}>
          {details.map((detail) => (
            <li key={detail}>{detail}</li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

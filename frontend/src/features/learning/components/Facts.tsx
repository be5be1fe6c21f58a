/** Names and values of a record, such as the settings of a run. */
import { words } from '../../../lib/format';

export function Facts({ facts, empty }: { facts: Record<string, unknown>; empty: string }) {
  const entries = Object.entries(facts);
  if (entries.length === 0) return <div className="lh-blank">{empty}</div>;
  return (
    <table className="lh-table">
      <tbody>
        {entries.map(([name, value]) => (
          <tr key={name}>
            <td className="lh-note">{factName(name)}</td>
            <td className="lh-mono" style={{ wordBreak: 'break-word' }}>
              {valueText(value)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** `n_test_cases` is a number of test cases; a hash keeps its name. */
function factName(name: string): string {
  return words(name.replace(/^n_/, '')).replace(/sha256/i, 'SHA-256');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string') return value.length > 24 && /^[0-9a-f]+$/.test(value) ? `${value.slice(0, 16)}…` : value;
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  return Object.entries(value)
    .map(([name, each]) => `${name} ${valueText(each)}`)
    .join(', ');
}

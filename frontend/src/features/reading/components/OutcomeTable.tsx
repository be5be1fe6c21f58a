/** Consensus beside every read, finding by finding. */
import type { LabelSchema } from '../../../api/types';
import { readerColour } from '../../../lib/palette';
import type { Outcome } from '../api/outcome';
import classes from './outcome.module.css';

const METHODS: Record<string, string> = {
  adjudicated: 'adjudicated',
  concordant: 'all agree',
  single: 'one read',
  majority: 'majority',
  any_positive: 'any positive',
  soft: 'left soft',
};

export function OutcomeTable({ schema, outcome }: { schema: LabelSchema; outcome: Outcome }) {
  return (
    <table className={classes.table} data-testid="outcome-table">
      <thead>
        <tr>
          <th scope="col">Finding</th>
          {outcome.reads.map((read, index) => (
            <th key={read.label} scope="col" style={{ color: readerColour(index) }}>
              {read.label}
            </th>
          ))}
          <th scope="col">Consensus</th>
        </tr>
      </thead>
      <tbody>
        {schema.findings.map((finding) => {
          const label = outcome.findings.find((entry) => entry.code === finding.code);
          return (
            <tr key={finding.code}>
              <td>{finding.name}</td>
              {outcome.reads.map((read) => {
                const value = read.answers[finding.code]?.value;
                return (
                  <td key={read.label} data-value={value}>
                    {value ?? '–'}
                  </td>
                );
              })}
              <td data-value={label?.consensus}>
                <b>{label?.consensus ?? '–'}</b>
                {label !== undefined && <small>{METHODS[label.method] ?? label.method}</small>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

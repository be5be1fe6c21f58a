/** What a case came to, finding by finding, and under it what each reader said: five readers fit as well as two. */
import type { LabelSchema } from '../../../api/types';
import { plural } from '../../../lib/format';
import { methodName } from '../../../lib/labels';
import { readerColour } from '../../../lib/palette';
import type { Outcome } from '../api/outcome';
import classes from './outcome.module.css';

export function OutcomeFindings({ schema, outcome }: { schema: LabelSchema; outcome: Outcome }) {
  return (
    <ul className={classes.findings} data-testid="outcome-findings">
      {schema.findings.map((finding) => {
        const label = outcome.findings.find((entry) => entry.code === finding.code);
        return (
          <li key={finding.code}>
            <header>
              <h2>{finding.name}</h2>
              <span>
                <b data-value={label?.consensus}>{label?.consensus ?? 'no consensus'}</b>
                {label !== undefined && <small>{methodName(label.method)}</small>}
                {label !== undefined && label.annotations.length > 0 && (
                  <small>{plural(label.annotations.length, 'mark')} in white</small>
                )}
              </span>
            </header>
            <dl>
              {outcome.reads.map((read, index) => {
                const value = read.answers[finding.code]?.value;
                return (
                  <div key={read.label}>
                    <dt style={{ color: readerColour(index) }}>{read.label}</dt>
                    <dd data-value={value}>{value ?? 'not answered'}</dd>
                  </div>
                );
              })}
            </dl>
          </li>
        );
      })}
    </ul>
  );
}

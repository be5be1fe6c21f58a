/** What the protocol lets the reader know of the patient and the question asked. */
import type { CaseContext as Context } from '../../../api/types';
import { plural } from '../../../lib/format';
import { sexWord } from '../../../lib/patient';
import classes from './findings.module.css';

export function CaseContext({ context, fields }: { context: Context; fields: string[] }) {
  if (fields.length === 0) return null;
  const prior = context.prior.length;
  return (
    <section className="ws-section" aria-label="Context" data-testid="context">
      <div className={classes.context}>
        {fields.includes('age') && <span>{context.age_text ?? 'age not given'}</span>}
        {fields.includes('sex') && <span>{sexWord(context.sex) ?? 'sex not given'}</span>}
        {fields.includes('view') && context.view && (
          <span>
            <i>view</i>
            {context.view}
          </span>
        )}
        {fields.includes('prior') && <span className="ws-dim">{prior === 0 ? 'no prior' : plural(prior, 'prior')}</span>}
        {fields.includes('indication') && <p>{context.indication || <i>no indication given</i>}</p>}
      </div>
    </section>
  );
}

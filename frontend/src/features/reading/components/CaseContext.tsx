/** What the protocol lets the reader know of the patient and the question asked. */
import type { CaseContext as Context } from '../../../api/types';
import classes from './findings.module.css';

const SEX: Record<string, string> = { F: 'female', M: 'male', O: 'other' };

export function CaseContext({ context, fields }: { context: Context; fields: string[] }) {
  if (fields.length === 0) return null;
  const prior = context.prior?.length ?? 0;
  return (
    <section className="ws-section" aria-label="Context" data-testid="context">
      <div className={classes.context}>
        {fields.includes('age') && <span>{ageText(context.age)}</span>}
        {fields.includes('sex') && <span>{context.sex ? (SEX[context.sex] ?? context.sex) : 'sex not given'}</span>}
        {fields.includes('view') && context.view && (
          <span>
            <i>view</i>
            {context.view}
          </span>
        )}
        {fields.includes('prior') && <span className="ws-dim">{prior === 0 ? 'no prior' : `${prior} prior`}</span>}
        {fields.includes('indication') && <p>{context.indication || <i>no indication given</i>}</p>}
      </div>
    </section>
  );
}

/** DICOM writes ages as `058Y` (PS3.5 6.2, AS); years are understood, other units are shown. */
function ageText(age: Context['age']): string {
  if (age === null || age === undefined || age === '') return 'age not given';
  const parts = /^0*(\d+)([YMWD])$/.exec(String(age));
  if (parts === null) return `${age} years`;
  const unit = { Y: 'years', M: 'months', W: 'weeks', D: 'days' }[parts[2]];
  return `${parts[1]} ${unit}`;
}

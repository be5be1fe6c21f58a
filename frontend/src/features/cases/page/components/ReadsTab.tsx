/** Every read of the case with its versions, and the readers' flags; marks are switched on and off here. */
import type { Finding } from '../../../../api/types';
import { dateTime, plural, seconds } from '../../../../lib/format';
import type { CaseRecord } from '../api/case';
import type { CaseReader } from '../readers';
import classes from './case.module.css';

interface ReadsTabProps {
  record: CaseRecord;
  readers: CaseReader[];
  hidden: ReadonlySet<string>;
  onToggle: (assignment: string) => void;
}

export function ReadsTab({ record, readers, hidden, onToggle }: ReadsTabProps) {
  return (
    <>
      {readers.length === 0 && <p className={classes.ask}>Nobody has read the case yet.</p>}
      {readers.map((reader) => (
        <section key={reader.assignment} className={classes.part} data-testid="case-read">
          <h2>
            <span className={classes.swatch} style={{ background: reader.colour }} />
            {reader.name}, her case {reader.newest.reader_position}
            {reader.round > 1 && `, round ${reader.round}`}
          </h2>
          <Answers reader={reader} findings={record.findings} />
          {reader.newest.comment !== '' && <p>“{reader.newest.comment}”</p>}
          <p>
            <small>
              {dateTime(reader.newest.submitted_at)}, {seconds(reader.newest.active_ms / 1000)} of reading, case version{' '}
              {reader.newest.case_version}, schema {reader.newest.schema_version}
              {reader.newest.ai_visible ? ', with the model’s output' : ''}
              {reader.newest.is_counted ? '' : ', not among those that count'}
            </small>
          </p>
          {reader.newest.annotations.length > 0 && (
            <label>
              <input
                type="checkbox"
                checked={!hidden.has(reader.assignment)}
                onChange={() => onToggle(reader.assignment)}
              />{' '}
              {plural(reader.newest.annotations.length, 'mark')} on the image
            </label>
          )}
          {reader.reads.length > 1 && <Versions reader={reader} findings={record.findings} />}
        </section>
      ))}
      {record.late_reads.map((late) => (
        <section key={late.id} className={classes.part}>
          <h2>Late read by {late.reader}</h2>
          <p>
            {dateTime(late.submitted_at)}, {late.is_accepted ? 'taken into the count' : 'kept outside the count'}
          </p>
        </section>
      ))}
      {record.flags.map((flag) => (
        <section key={flag.id} className={classes.part}>
          <h2>
            {flag.kind === 'urgent' ? 'Urgent or unexpected finding' : 'Not readable'}, flagged by {flag.reader}
          </h2>
          {flag.text !== '' && <p>“{flag.text}”</p>}
          <p>
            <small>
              {dateTime(flag.created_at)}
              {flag.is_withdrawn ? ', taken back' : flag.is_seen ? ', seen' : ', not seen yet'}
            </small>
          </p>
        </section>
      ))}
    </>
  );
}

function Answers({ reader, findings }: { reader: CaseReader; findings: Finding[] }) {
  if (reader.newest.not_readable) return <p>Not readable.</p>;
  return (
    <dl className={classes.facts}>
      {findings.map((finding) => {
        const value = reader.newest.answers[finding.code]?.value;
        return value === undefined ? null : (
          <Answer key={finding.code} name={finding.name} value={value} />
        );
      })}
    </dl>
  );
}

function Answer({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd data-value={value}>{value}</dd>
    </>
  );
}

function Versions({ reader, findings }: { reader: CaseReader; findings: Finding[] }) {
  return (
    <>
      {reader.reads.slice(0, -1).map((read) => (
        <p key={read.id}>
          <small>
            Version {read.version}, {dateTime(read.submitted_at)}:{' '}
            {read.not_readable
              ? 'not readable'
              : findings
                  .filter((finding) => read.answers[finding.code]?.value !== reader.newest.answers[finding.code]?.value)
                  .map((finding) => `${finding.name} ${read.answers[finding.code]?.value ?? 'not answered'}`)
                  .join(', ') || 'the same answers'}
          </small>
        </p>
      ))}
      <p>
        <small>Amended: {reader.newest.reason}</small>
      </p>
    </>
  );
}

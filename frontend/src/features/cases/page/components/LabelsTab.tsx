/** The labels in force, each with where it comes from; what the reads differ on; earlier labels. */
import { dateTime, plural } from '../../../../lib/format';
import { methodName } from '../../../../lib/labels';
import type { CaseRecord } from '../api/case';
import { labelsInForce, provenanceOf, valueText } from '../provenance';
import classes from './case.module.css';
import { ProvenanceGraph } from './ProvenanceGraph';

interface LabelsTabProps {
  record: CaseRecord;
  /** The finding whose marks alone are on the image; null: all. */
  chosen: string | null;
  onChoose: (finding: string | null) => void;
}

export function LabelsTab({ record, chosen, onChoose }: LabelsTabProps) {
  const labels = labelsInForce(record);
  const names = new Map(record.findings.map((finding) => [finding.code, finding.name]));
  const earlier = record.labels.filter((label) => !label.is_current);
  return (
    <>
      {labels.length === 0 && <p className={classes.ask}>No finding has its label yet.</p>}
      {labels.map((label) => {
        const name = names.get(label.finding) ?? label.finding;
        const differs = record.discordances.find(
          (row) => row.finding === label.finding && row.round === label.round,
        );
        return (
          <section key={label.id} className={classes.part} data-testid="case-label-of">
            <button
              type="button"
              className={classes.label}
              aria-pressed={chosen === label.finding}
              onClick={() => onChoose(chosen === label.finding ? null : label.finding)}
            >
              <span>
                {name}
                {differs !== undefined && <small> {gapText(differs)}</small>}
              </span>
              <span>
                <b data-value={label.value}>{valueText(label.value)}</b> <small>{methodName(label.method)}</small>
              </span>
            </button>
            {(chosen === label.finding || label.method === 'adjudicated') && (
              <ProvenanceGraph graph={provenanceOf(record, label)} name={name} />
            )}
          </section>
        );
      })}
      {record.discordances
        .filter((row) => labels.every((label) => label.finding !== row.finding || label.round !== row.round))
        .map((row) => (
          <section key={`${row.round}/${row.finding}`} className={classes.part}>
            <div className={classes.label}>
              <span>{names.get(row.finding) ?? row.finding}</span>
              <small>
                {gapText(row)}
                {row.needs_adjudication ? ', waits for a decision' : ''}
              </small>
            </div>
          </section>
        ))}
      {earlier.length > 0 && (
        <section className={classes.part}>
          <h2>Labels that no longer stand</h2>
          {earlier.map((label) => (
            <p key={label.id}>
              {names.get(label.finding) ?? label.finding} <b data-value={label.value}>{valueText(label.value)}</b>{' '}
              <small>
                {methodName(label.method)}, {dateTime(label.created_at)}, from {plural(label.reads.length, 'read')}
              </small>
            </p>
          ))}
        </section>
      )}
    </>
  );
}

function gapText(row: CaseRecord['discordances'][number]): string {
  return row.kind === 'location' ? 'the places differ' : `votes ${row.gap.replaceAll(':', ' : ')}`;
}

/** The figures a manager looks at first. */
import type { AgreementRow, Dashboard } from '../../../api/dashboard';
import { Stat } from '../../../components/page/Stat';
import { ago, count, decimal, percent, plural } from '../../../lib/format';
import { worst } from '../figures';

export function TopRow({ dashboard }: { dashboard: Dashboard }) {
  const { reads, cases, discordant, model, queue } = dashboard;
  return (
    <div className="lh-stats">
      <Stat
        label="Reads"
        figure={count(reads.done)}
        of={count(reads.needed)}
        share={reads.needed === 0 ? 0 : reads.done / reads.needed}
        testId="stat-reads"
      />
      <Stat
        label="Cases closed"
        figure={count(cases.closed)}
        of={count(cases.total)}
        note={`${count(cases.begun)} begun, ${count(cases.complete)} with all reads`}
        share={cases.total === 0 ? 0 : cases.closed / cases.total}
        testId="stat-cases"
      />
      <Stat
        label="Waiting for adjudication"
        figure={count(discordant.open)}
        note={
          discordant.share === null
            ? 'No case is read twice yet.'
            : `${count(discordant.decided)} decided · ${percent(discordant.share)} of cases read twice differ`
        }
        testId="stat-discordant"
      />
      <Stat label="Weakest agreement" figure={<Weakest rows={dashboard.agreement} />} testId="stat-agreement" />
      <Stat
        label="Model in use"
        figure={modelFigure(model)}
        note={
          model
            ? `version ${model.number}, on ${plural(model.n_labels, 'labelled case')}, ${ago(model.created_at)}`
            : 'See the training policy under Learning.'
        }
        testId="stat-model"
      />
      <Stat
        label="Order of the worklist"
        figure={queue.source === 'ranking' ? 'by ranking' : 'random'}
        note={
          queue.source === 'ranking'
            ? `${plural(queue.n_entries, 'case')}, published ${ago(queue.published_at)}`
            : 'No ranking is in force.'
        }
        testId="stat-queue"
      />
    </div>
  );
}

function modelFigure(model: Dashboard['model']): string {
  if (model === null) return 'none yet';
  return model.mean_auroc === null ? 'no figure yet' : `AUROC ${decimal(model.mean_auroc)}`;
}

/** The three findings readers of the standing round agree on least, by Krippendorff's alpha. */
function Weakest({ rows }: { rows: AgreementRow[] }) {
  const three = worst(rows, 3);
  if (three.length === 0) return 'no figure yet';
  return (
    <table className="lh-plain-table">
      <tbody>
        {three.map((row) => (
          <tr key={row.finding}>
            <td>{row.name}</td>
            <td style={{ textAlign: 'right', whiteSpace: 'nowrap' }}>α {decimal(row.alpha?.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

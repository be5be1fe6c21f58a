/** A model's figures per finding on reader-labelled test cases: AUROC drawn, all of them in a table. */
import type { ModelSummary } from '../../../api/models';
import { noFigure } from '../../../api/models';
import type { Finding } from '../../../api/types';
import { ForestPlot } from '../../../components/charts/ForestPlot';
import { figures, TableHead } from '../../../components/page/TableHead';
import { chanceDomain, estimateText } from '../../../lib/estimate';
import { count, decimal, plural } from '../../../lib/format';

export function ModelMetrics({ model, findings }: { model: ModelSummary; findings: Finding[] }) {
  const rows = Object.entries(model.findings).map(([code, metrics]) => ({
    code,
    name: findings.find((finding) => finding.code === code)?.name ?? code,
    metrics,
  }));
  return (
    <>
      <div className="lh-note" style={{ marginBottom: 6 }}>
        {model.n_complete} of {plural(model.n_test_cases, 'test case')} have complete labels. No figure is given below{' '}
        {model.min_positives} patients with a positive and as many with a negative case; a label that the readers left soft is
        not measured.
      </div>
      <ForestPlot
        name={`AUROC of model ${model.number}`}
        measure="AUROC, 95 % interval"
        domain={chanceDomain(rows.map((row) => row.metrics.auroc))}
        reference={0.5}
        rows={rows.map(({ name, metrics }) => ({
          label: name,
          estimate: metrics.auroc,
          n: metrics.n,
          reason: noFigure(metrics, model.min_positives),
        }))}
      />
      <div style={{ overflowX: 'auto', margin: '10px -16px -14px' }}>
        <table className="lh-table">
          <TableHead
            columns={[
              'Finding',
              figures('Present / all'),
              figures('AUROC'),
              figures('Sensitivity'),
              figures('Specificity'),
              figures('Threshold'),
            ]}
          />
          <tbody>
            {rows.map(({ code, name, metrics }) => (
              <tr key={code}>
                <td>{name}</td>
                <td className="lh-num">
                  {count(metrics.n_positive)} / {count(metrics.n)}
                </td>
                <td className="lh-num">{estimateText(metrics.auroc)}</td>
                <td className="lh-num">{estimateText(metrics.sensitivity)}</td>
                <td className="lh-num">{estimateText(metrics.specificity)}</td>
                <td className="lh-num">{decimal(metrics.threshold)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** AUROC per finding against the number of labelled cases the model was trained on. */
import { Blank } from '../../../components/messages/Blank';
import { CurvePlot } from '../../../components/charts/CurvePlot';
import type { Finding } from '../../../api/types';
import { chanceDomain } from '../../../lib/estimate';
import type { CurvePoint } from '../api/learning';
import { learningCurves } from '../curves';

export function LearningCurve({ curve, findings }: { curve: CurvePoint[]; findings: Finding[] }) {
  const curves = learningCurves(curve, findings);
  if (curves.length === 0) {
    return (
      <Blank title={curve.length === 0 ? 'No model yet' : 'No figure yet'}>
        The curve begins with the first model that has enough labelled test cases for a figure.
      </Blank>
    );
  }
  return (
    <CurvePlot
      name="Learning curve"
      xLabel="labelled pool cases"
      yLabel="AUROC, 95 % interval"
      curves={curves}
      yDomain={chanceDomain(curve.flatMap((point) => Object.values(point.auroc)))}
      fromZero
      reference={{ y: 0.5, label: 'chance' }}
      height={300}
    />
  );
}

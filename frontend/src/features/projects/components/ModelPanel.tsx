/** The model in use: how well it tells each finding, on how many reader-labelled test cases. */
import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

import { noFigure, type ModelSummary } from '../../../api/models';
import type { Finding } from '../../../api/types';
import { Blank } from '../../../components/messages/Blank';
import { ForestPlot } from '../../../components/charts/ForestPlot';
import { chanceDomain } from '../../../lib/estimate';
import { findingName } from '../../../lib/findings';
import { plural } from '../../../lib/format';

interface ModelPanelProps {
  slug: string;
  model: ModelSummary | null;
  findings: Finding[];
}

export function ModelPanel({ slug, model, findings }: ModelPanelProps) {
  if (model === null) {
    return (
      <Blank title="No model yet">
        Cases are offered in random order until one is trained.{' '}
        <Anchor underline="always" inherit component={Link} to={`/p/${slug}/learning`}>
          See the training policy
        </Anchor>
      </Blank>
    );
  }
  return (
    <>
      <div className="lh-note" style={{ marginBottom: 6 }}>
        Version {model.number}, trained on {plural(model.n_labels, 'labelled case')}; {model.n_complete} of{' '}
        {plural(model.n_test_cases, 'test case')} complete.{' '}
        <Anchor underline="always" component={Link} to={`/p/${slug}/learning`} size="sm">
          All runs
        </Anchor>
      </div>
      <ForestPlot
        name="AUROC of the model in use"
        measure="AUROC on the test consensus, 95 % interval"
        domain={chanceDomain(Object.values(model.findings).map((each) => each.auroc))}
        reference={0.5}
        rows={Object.entries(model.findings).map(([code, each]) => ({
          label: findingName(findings, code),
          estimate: each.auroc,
          n: each.n,
          reason: noFigure(each, model.min_positives),
        }))}
      />
    </>
  );
}

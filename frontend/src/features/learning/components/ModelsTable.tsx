/** Model versions; one of them ranks the pool. An older one can be put back in use, with a reason. */
import { Anchor, Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';

import { Blank } from '../../../components/messages/Blank';
import { StateMark } from '../../../components/messages/StateMark';
import { figures, TableHead, untitled } from '../../../components/page/TableHead';
import { count, dateTime, decimal, plural } from '../../../lib/format';
import type { ModelRow, useLearningAction } from '../api/learning';
import { ReasonDialog } from './ReasonDialog';

interface ModelsTableProps {
  slug: string;
  models: ModelRow[];
  act: ReturnType<typeof useLearningAction>;
}

const NARROW = { minWidth: 140, maxWidth: 230, whiteSpace: 'normal', marginLeft: 'auto' } as const;
const FILES = ['weights', 'card', 'predictions'] as const;

export function ModelsTable({ slug, models, act }: ModelsTableProps) {
  const [chosen, setChosen] = useState<ModelRow | null>(null);
  const newest = Math.max(...models.map((model) => model.number));
  if (models.length === 0) return <Blank title="No model yet">Until then cases come in random order.</Blank>;
  return (
    <>
      <table className="lh-table">
        <TableHead columns={['Version', 'Trained', figures('Labels'), figures('Mean AUROC'), untitled('In use')]} />
        <tbody>
          {models.map((model) => (
            <tr key={model.id} data-testid={`model-${model.number}`}>
              <td>
                <Anchor component={Link} to={`/p/${slug}/learning/runs/${model.run}`} size="sm">
                  {model.number}
                </Anchor>
              </td>
              <td>
                {dateTime(model.created_at)}
                <Files model={model} />
                {model.held_back !== null && <div className="lh-note" style={{ ...NARROW, marginLeft: 0 }}>{model.held_back}</div>}
              </td>
              <td className="lh-num">{count(model.n_labels)}</td>
              <td className="lh-num">
                {decimal(model.mean_auroc)}
                {model.mean_auroc !== null && <MeanNote model={model} />}
              </td>
              <td className="lh-num">
                {model.in_use ? (
                  <StateMark tone="good">in use</StateMark>
                ) : (
                  <Button size="compact-sm" variant="default" onClick={() => setChosen(model)}>
                    Use
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ReasonDialog
        key={chosen?.id}
        opened={chosen !== null}
        title={`Use model version ${chosen?.number ?? ''}`}
        button="Use this model"
        busy={act.isPending}
        onClose={() => setChosen(null)}
        onReason={(reason) =>
          chosen && act.mutate({ kind: 'promote', model: chosen.id, reason }, { onSuccess: () => setChosen(null) })
        }
      >
        It ranks the pool anew; readers go on reading meanwhile. The reason is kept with the change.
        {chosen !== null && chosen.number < newest && ' It is not the newest: models trained later are kept, and not used until you lift this.'}
      </ReasonDialog>
    </>
  );
}

/** What can be taken away: the API checks the weights against their hash before it hands them out. */
function Files({ model }: { model: ModelRow }) {
  return (
    <div style={{ display: 'flex', gap: 8 }}>
      {FILES.map((what) => (
        <Anchor key={what} href={`/api/v1/models/${model.id}/${what}/`} download size="xs">
          {what}
        </Anchor>
      ))}
    </div>
  );
}

/** What the mean is over, and whether it can be held against that of the model in use. */
function MeanNote({ model }: { model: ModelRow }) {
  const findings = model.mean_findings === null ? 'findings not recorded' : `of ${plural(model.mean_findings.length, 'finding')}`;
  return (
    <div className="lh-note" style={NARROW} title={model.mean_findings?.join(', ')} data-testid={`mean-note-${model.number}`}>
      {findings}
      {model.mean_compares === false && '; not comparable: other findings or test cases than the model in use'}
    </div>
  );
}

/** `/read/:assignmentId/outcome`: what a closed case came to, beside the reader's own answers. */
import '../../components/workspace/workspace.css';

import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useParams } from 'react-router';

import { errorMessage } from '../../api/errors';
import type { CaseImage } from '../../api/types';
import { Message } from '../../components/workspace/Message';
import { useKeyDown } from '../../hooks/useKeyDown';
import type { ViewerController } from '../../viewer/controller';
import { SeriesStrip } from '../../viewer/parts/SeriesStrip';
import { useStage } from '../../viewer/useStage';
import { runViewCommand, viewCommandOf, type ViewCommand } from '../../viewer/viewKeys';
import { Viewport } from '../../viewer/Viewport';
import { ViewTools } from '../../viewer/parts/ViewTools';
import { assignmentQuery, outcomeQuery } from './api/outcome';
import { OutcomeFindings } from './components/OutcomeFindings';
import { outcomeMarks } from './outcomeMarks';

const NO_IMAGES: CaseImage[] = [];
const NO_GESTURES = {};
const ignore = () => undefined;

export function OutcomeRoute() {
  const assignmentId = useParams().assignmentId as string;
  const payload = useQuery(assignmentQuery(assignmentId));
  const outcome = useQuery(outcomeQuery(assignmentId));
  const [viewer, setViewer] = useState<ViewerController | null>(null);
  const images = payload.data?.images ?? NO_IMAGES;
  const schema = payload.data?.schema;
  const marks = useMemo(
    () => (outcome.data === undefined || schema === undefined ? [] : outcomeMarks(outcome.data, schema)),
    [outcome.data, schema],
  );
  const caseId = payload.data?.assignment.id ?? null;
  const stage = useStage({ viewer, caseId, images, marks, gestures: NO_GESTURES, onSelectMark: ignore });
  const error = payload.error ?? outcome.error;

  const run = (command: ViewCommand) =>
    runViewCommand(command, {
      viewer,
      presets: stage.presets,
      stackIds: stage.stacks.map((stack) => stack.id),
      stackId: stage.stackId,
      showStack: stage.showStack,
    });

  useKeyDown(
    (event) => {
      const command = viewCommandOf(event);
      if (command !== null) run(command);
      return command !== null;
    },
    true,
    () => viewer?.focus(),
  );

  return (
    <div className="ws" data-testid="outcome">
      <title>{`Outcome · ${payload.data?.assignment.label ?? 'a case'} · LabelHub`}</title>
      <header className="ws-top">
        <Link to={payload.data === undefined ? '/' : `/p/${payload.data.project.slug}/worklist`}>‹ Worklist</Link>
        <span className="ws-top-title" title={payload.data?.project.name}>
          {payload.data?.project.name}
        </span>
        <span className="ws-dim">{payload.data && `Outcome · ${payload.data.assignment.label}`}</span>
      </header>
      <div className="ws-body" data-wide="true">
        <SeriesStrip
          stacks={stage.stacks}
          shown={stage.stackId}
          priors={[]}
          shownPrior={null}
          ready={stage.isReady}
          onShow={(stack) => stage.showStack(stack.id)}
          onPrior={ignore}
        />
        <main className="ws-centre" style={{ gridColumn: 2 }}>
          <div className="ws-views">
            <Viewport id="outcome" controller={viewer} onController={setViewer} label="Image of the closed case">
              {error !== null && (
                <Message
                  title="The outcome cannot be shown"
                  actions={
                    <Link className="ws-primary" to={`/read/${assignmentId}`}>
                      Back to the case
                    </Link>
                  }
                >
                  {errorMessage(error)}
                </Message>
              )}
            </Viewport>
          </div>
          {viewer !== null && (
            <ViewTools
              viewer={viewer}
              presets={stage.presets}
              drawing="none"
              onTool={(tool) => run({ kind: 'tool', tool })}
              onView={(action) => run({ kind: 'view', action })}
              onPreset={(index) => run({ kind: 'preset', index })}
            />
          )}
        </main>
        <aside className="ws-panel" aria-label="Outcome">
          {payload.data && outcome.data && (
            <div className="ws-scroll">
              <OutcomeFindings schema={payload.data.schema} outcome={outcome.data} />
            </div>
          )}
        </aside>
      </div>
    </div>
  );
}

/** `/read/:assignmentId/outcome`: what a closed case came to, beside the reader's own answers. */
import '../../components/workspace/workspace.css';

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';

import { errorMessage } from '../../api/errors';
import type { CaseImage } from '../../api/types';
import { Message } from '../../components/workspace/Message';
import { LookView } from '../../viewer/LookView';
import { assignmentQuery, outcomeQuery } from './api/outcome';
import { OutcomeFindings } from './components/OutcomeFindings';
import { outcomeMarks } from './outcomeMarks';

const NO_IMAGES: CaseImage[] = [];

export function OutcomeRoute() {
  const assignmentId = useParams().assignmentId as string;
  const payload = useQuery(assignmentQuery(assignmentId));
  const outcome = useQuery(outcomeQuery(assignmentId));
  const images = payload.data?.images ?? NO_IMAGES;
  const schema = payload.data?.schema;
  const marks = useMemo(
    () => (outcome.data === undefined || schema === undefined ? [] : outcomeMarks(outcome.data, schema)),
    [outcome.data, schema],
  );
  const caseId = payload.data?.assignment.id ?? null;
  const error = payload.error ?? outcome.error;

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
        <LookView id="outcome" caseId={caseId} images={images} marks={marks} label="Image of the closed case">
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
        </LookView>
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

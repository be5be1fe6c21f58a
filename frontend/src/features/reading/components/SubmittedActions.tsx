/** Under a submitted read: when it was submitted, how to correct it, and on to the next case. */
import { Link } from 'react-router';

import type { WorkspacePayload } from '../../../api/types';
import type { Command } from '../keyboard/keys';
import classes from './findings.module.css';

interface SubmittedActionsProps {
  payload: WorkspacePayload;
  onCommand: (command: Command) => void;
}

export function SubmittedActions({ payload, onCommand }: SubmittedActionsProps) {
  const { submitted_at: at, read_version: version, outcome_visible: hasOutcome } = payload.assignment;
  const stands = !payload.allowed_actions.includes('amend');
  return (
    <div className={classes.actions} data-testid="submitted">
      <p className="ws-dim" style={{ margin: 0 }}>
        Submitted{at === null ? '' : ` ${new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}`}
        {version > 1 && `, version ${version}`}
        {stands && '. It stands, now that you may have seen what others said.'}
      </p>
      <div className="ws-row">
        <button
          type="button"
          tabIndex={-1}
          className="ws-quiet"
          data-testid="correct"
          disabled={stands}
          onClick={() => onCommand({ kind: 'correct' })}
        >
          <kbd>E</kbd> Correct
        </button>
        {hasOutcome && (
          <Link
            to={`/read/${payload.assignment.id}/outcome`}
            className="ws-quiet"
            style={{ display: 'grid', placeItems: 'center', textDecoration: 'none' }}
            data-testid="outcome-link"
          >
            Outcome
          </Link>
        )}
      </div>
      <button type="button" className="ws-primary" data-testid="continue" onClick={() => onCommand({ kind: 'submit' })}>
        Next case <kbd>Enter</kbd>
      </button>
    </div>
  );
}

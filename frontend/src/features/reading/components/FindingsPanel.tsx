/** The right panel: context, findings, marks, comment, and what can be done with the case. */
import type { Dispatch, RefObject } from 'react';

import type { BoxAnnotation } from '../../../api/types';
import type { Command } from '../keys';
import { currentFinding, isEditable } from '../selectors';
import type { SessionAction, SessionState } from '../sessionState';
import { CaseContext } from './CaseContext';
import { CommentField } from './CommentField';
import { FindingsList } from './FindingsList';
import classes from './findings.module.css';
import { MarksList } from './MarksList';
import { SubmittedActions } from './SubmittedActions';

interface FindingsPanelProps {
  state: SessionState;
  dispatch: Dispatch<SessionAction>;
  comment: RefObject<HTMLTextAreaElement | null>;
  onMark: (mark: BoxAnnotation) => void;
  onCommand: (command: Command) => void;
  onFocusImage: () => void;
}

export function FindingsPanel(props: FindingsPanelProps) {
  const { state, dispatch, comment, onMark, onCommand, onFocusImage } = props;
  const { payload, document } = state;
  if (payload === null) return <aside className="ws-panel" aria-busy="true" />;
  const editable = isEditable(state);
  const edit = (edit: Parameters<typeof dispatch>[0] & { type: 'edit' }) => dispatch(edit);
  return (
    <aside
      className="ws-panel"
      aria-label="Findings and marks"
      onClick={(event) => {
        if (!(event.target as Element).closest('textarea, select, a')) onFocusImage();
      }}
    >
      <div className="ws-scroll">
        <CaseContext context={payload.context} fields={payload.protocol.context_fields} />
        {payload.assignment.return_note && (
          <p className="ws-notice" data-testid="return-note">
            Sent back to you: {payload.assignment.return_note}
          </p>
        )}
        <section style={{ padding: '6px 0' }}>
          <FindingsList
            schema={payload.schema}
            document={document}
            active={editable ? (currentFinding(state)?.code ?? null) : null}
            editable={editable}
            onAnswer={(code, value) => edit({ type: 'edit', edit: { type: 'answer', code, value } })}
            onActivate={(code) => dispatch({ type: 'activate', code })}
          />
        </section>
        <MarksList
          marks={document.annotations}
          schema={payload.schema}
          images={payload.images}
          selected={state.selectedBox}
          editable={editable}
          onSelect={onMark}
          onRemove={(id) => edit({ type: 'edit', edit: { type: 'removeBox', id } })}
          onRegion={(id, region) =>
            edit({ type: 'edit', edit: { type: 'changeBox', id, change: { region_class: region } } })
          }
        />
        <CommentField
          key={payload.assignment.id}
          field={comment}
          text={document.comment}
          editable={editable}
          onChange={(text) => edit({ type: 'edit', edit: { type: 'comment', text } })}
          onSubmit={() => onCommand({ kind: 'submit' })}
        />
      </div>
      {state.notice !== null && (
        <p className="ws-notice" data-tone={state.notice.tone} role="status" data-testid="notice">
          {state.notice.text}
        </p>
      )}
      {state.phase === 'submitted' ? (
        <SubmittedActions payload={payload} onCommand={onCommand} />
      ) : (
        <ReadingActions state={state} editable={editable} onCommand={onCommand} dispatch={dispatch} />
      )}
    </aside>
  );
}

interface ReadingActionsProps {
  state: SessionState;
  editable: boolean;
  onCommand: (command: Command) => void;
  dispatch: Dispatch<SessionAction>;
}

function ReadingActions({ state, editable, onCommand, dispatch }: ReadingActionsProps) {
  const allowed = state.payload!.allowed_actions;
  const isSubmitting = state.phase === 'submitting';
  return (
    <div className={classes.actions}>
      <div className="ws-row">
        <Quiet label="Normal" hotkey="N" testId="normal" disabled={!editable} onClick={() => onCommand({ kind: 'normal' })} />
        <Quiet
          label="Rest absent"
          hotkey="A"
          testId="rest-absent"
          disabled={!editable}
          onClick={() => onCommand({ kind: 'answerRest' })}
        />
      </div>
      {!state.amending && (
        <div className="ws-row">
          <Quiet
            label="Skip"
            hotkey="K"
            testId="skip"
            disabled={!editable || !allowed.includes('skip')}
            onClick={() => onCommand({ kind: 'skip' })}
          />
          <Quiet
            label="Urgent"
            hotkey="G"
            testId="flag-urgent"
            disabled={!allowed.includes('flag')}
            onClick={() => onCommand({ kind: 'flagUrgent' })}
          />
          <Quiet
            label="Unreadable"
            hotkey="F"
            testId="not-readable"
            pressed={state.document.not_readable}
            disabled={!editable}
            onClick={() => onCommand({ kind: 'notReadable' })}
          />
        </div>
      )}
      {state.amending && (
        <div className="ws-row">
          <Quiet label="Give up the correction" testId="cancel-correction" onClick={() => dispatch({ type: 'cancelCorrection' })} />
        </div>
      )}
      <button
        type="button"
        className="ws-primary"
        data-testid="submit"
        disabled={!editable || isSubmitting}
        onClick={() => onCommand({ kind: 'submit' })}
      >
        {isSubmitting ? 'Submitting' : state.amending ? 'Submit correction' : 'Submit'} <kbd>Enter</kbd>
      </button>
    </div>
  );
}

interface QuietProps {
  label: string;
  hotkey?: string;
  testId: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function Quiet({ label, hotkey, testId, pressed, disabled, onClick }: QuietProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className="ws-quiet"
      data-testid={testId}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      {hotkey !== undefined && <kbd>{hotkey}</kbd>} {label}
    </button>
  );
}

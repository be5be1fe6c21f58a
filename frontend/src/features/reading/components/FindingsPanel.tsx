/** The right panel: context, findings, marks, comment, and what can be done with the case. */
import type { Dispatch, RefObject } from 'react';

import type { BoxAnnotation, StandingFlag } from '../../../api/types';
import { shownKey, type Command } from '../keyboard/keys';
import { currentFinding, isEditable, mayTakeBack } from '../session/selectors';
import type { SessionAction, SessionState } from '../session/sessionState';
import { CaseContext } from './CaseContext';
import { CaseFlags } from './CaseFlags';
import { CaseNotice } from './CaseNotice';
import { CaseQuestion } from './CaseQuestion';
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
  onTakeBack: (flag: StandingFlag) => void;
  onGiveUp: () => void;
  onFocusImage: () => void;
}

export function FindingsPanel(props: FindingsPanelProps) {
  const { state, dispatch, comment, onMark, onCommand, onTakeBack, onGiveUp, onFocusImage } = props;
  const { payload, document } = state;
  if (payload === null) return <aside className="ws-panel" aria-busy="true" />;
  const editable = isEditable(state);
  const edit = (edit: Parameters<typeof dispatch>[0] & { type: 'edit' }) => dispatch(edit);
  return (
    <aside
      className="ws-panel"
      aria-label="Findings and marks"
      onClick={(event) => {
        if (!(event.target as Element).closest('textarea, a')) onFocusImage();
      }}
    >
      <div className="ws-scroll">
        <CaseContext context={payload.context} fields={payload.protocol.context_fields} />
        <CaseQuestion assignment={payload.assignment} />
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
          onFocusImage={onFocusImage}
        />
        <CommentField
          key={payload.assignment.id}
          field={comment}
          text={document.comment}
          editable={editable}
          onChange={(text) => edit({ type: 'edit', edit: { type: 'comment', text } })}
          onSubmit={() => onCommand({ kind: 'submit' })}
        />
        <CaseFlags flags={state.flags} mayTakeBack={(flag) => mayTakeBack(state, flag)} onTakeBack={onTakeBack} />
      </div>
      <CaseNotice notice={state.notice} />
      {state.phase === 'submitted' ? (
        <SubmittedActions payload={payload} onCommand={onCommand} />
      ) : (
        <ReadingActions state={state} editable={editable} onCommand={onCommand} onGiveUp={onGiveUp} />
      )}
    </aside>
  );
}

interface ReadingActionsProps {
  state: SessionState;
  editable: boolean;
  onCommand: (command: Command) => void;
  onGiveUp: () => void;
}

function ReadingActions({ state, editable, onCommand, onGiveUp }: ReadingActionsProps) {
  const allowed = state.payload!.allowed_actions;
  const isSubmitting = state.phase === 'submitting';
  return (
    <div className={classes.actions}>
      <div className="ws-row">
        <Quiet label="Normal" command={{ kind: 'normal' }} testId="normal" disabled={!editable} onCommand={onCommand} />
        <Quiet
          label="Rest absent"
          command={{ kind: 'answerRest' }}
          testId="rest-absent"
          disabled={!editable}
          onCommand={onCommand}
        />
      </div>
      <div className="ws-row">
        {!state.amending && (
          <Quiet
            label="Skip"
            command={{ kind: 'skip' }}
            testId="skip"
            disabled={!editable || !allowed.includes('skip')}
            onCommand={onCommand}
          />
        )}
        <Quiet
          label="Urgent"
          command={{ kind: 'flagUrgent' }}
          testId="flag-urgent"
          disabled={!allowed.includes('flag')}
          onCommand={onCommand}
        />
        <Quiet
          label="Not readable"
          command={{ kind: 'notReadable' }}
          testId="not-readable"
          pressed={state.document.not_readable}
          disabled={!editable}
          onCommand={onCommand}
        />
      </div>
      {state.amending && (
        <div className="ws-row">
          <button
            type="button"
            tabIndex={-1}
            className="ws-quiet"
            data-testid="cancel-correction"
            disabled={!editable}
            onClick={onGiveUp}
          >
            Give up the correction
          </button>
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
  /** What a click does, and what the key shown on the button does. */
  command: Command;
  testId: string;
  pressed?: boolean;
  disabled: boolean;
  onCommand: (command: Command) => void;
}

function Quiet({ label, command, testId, pressed, disabled, onCommand }: QuietProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      className="ws-quiet"
      data-testid={testId}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={() => onCommand(command)}
    >
      <kbd>{shownKey(command)}</kbd> {label}
    </button>
  );
}

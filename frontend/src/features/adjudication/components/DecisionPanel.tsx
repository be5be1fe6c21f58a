/** The right panel: who says what on each finding that differs, and the decision on the current one. */
import type { Dispatch } from 'react';

import type { LetteredRead } from '../../../api/types';
import { readerColour } from '../../../lib/palette';
import { dateTime } from '../../../lib/format';
import { sexWord } from '../../../lib/patient';
import type { Command } from '../keys';
import { isCorrecting, type AdjudicationAction, type AdjudicationState } from '../state';
import classes from './decision.module.css';
import { FindingDecision } from './FindingDecision';

interface DecisionPanelProps {
  state: AdjudicationState;
  dispatch: Dispatch<AdjudicationAction>;
  onCommand: (command: Command) => void;
  onGiveUp: () => void;
  onFocusImage: () => void;
}

export function DecisionPanel({ state, dispatch, onCommand, onGiveUp, onFocusImage }: DecisionPanelProps) {
  const { payload } = state;
  if (payload === null) return <aside className="ws-panel" aria-busy="true" />;
  return (
    <aside
      className="ws-panel"
      aria-label="Reads and decision"
      onClick={(event) => {
        if (!(event.target as Element).closest('input, textarea, a')) onFocusImage();
      }}
    >
      <div className="ws-scroll">
        <ContextLine state={state} />
        <Asked state={state} />
        <ReaderLegend reads={payload.reads} visible={state.visible} onToggle={(label) => dispatch({ type: 'toggleReader', label })} />
        {payload.findings.map((finding) => (
          <FindingDecision
            key={finding.code}
            finding={finding}
            state={state}
            isCurrent={finding.code === state.current}
            onGo={() => dispatch({ type: 'go', to: finding.code })}
            dispatch={dispatch}
            onCommand={onCommand}
          />
        ))}
        <ReaderComments reads={payload.reads} />
      </div>
      {state.notice !== null && (
        <p className="ws-notice" data-tone="refused" role="status" data-testid="notice">
          {state.notice}
        </p>
      )}
      <PanelActions state={state} onCommand={onCommand} onGiveUp={onGiveUp} />
    </aside>
  );
}

function ContextLine({ state }: { state: AdjudicationState }) {
  const { age_text: age, sex, view, indication } = state.payload!.context;
  const parts = [age, sexWord(sex), view].filter((part) => part !== null);
  return (
    <section className="ws-section">
      {parts.length > 0 && <div>{parts.join(' · ')}</div>}
      <div className={indication ? undefined : 'ws-dim'}>{indication || 'no indication given'}</div>
    </section>
  );
}

/** Who has the case back, and with what question. */
function Asked({ state }: { state: AdjudicationState }) {
  const { asked } = state.payload!;
  if (asked.length === 0) return null;
  return (
    <section className="ws-section" data-testid="asked">
      <h2>Waiting for an answer</h2>
      {asked.map(({ label, note }) => (
        <p key={label} className={classes.comment}>
          <b>Read {label}</b> was asked: “{note}”
        </p>
      ))}
    </section>
  );
}

interface ReaderLegendProps {
  reads: LetteredRead[];
  visible: string[];
  onToggle: (label: string) => void;
}

function ReaderLegend({ reads, visible, onToggle }: ReaderLegendProps) {
  return (
    <section className="ws-section">
      <div className={classes.legend} role="group" aria-label="Reads shown on the image">
        <span className="ws-dim">Reads</span>
        {reads.map((read, index) => (
          <button
            key={read.label}
            type="button"
            tabIndex={-1}
            aria-label={`Read ${read.label}${read.not_readable ? ', not readable' : ''}`}
            aria-pressed={visible.includes(read.label)}
            data-testid={`reader-${read.label}`}
            style={{ borderColor: readerColour(index), borderStyle: index % 2 === 1 ? 'dashed' : 'solid' }}
            onClick={() => onToggle(read.label)}
          >
            {read.label}
            {read.not_readable && <small> not readable</small>}
          </button>
        ))}
      </div>
    </section>
  );
}

function ReaderComments({ reads }: { reads: LetteredRead[] }) {
  const commented = reads.filter((read) => read.comment !== '');
  if (commented.length === 0) return null;
  return (
    <section className="ws-section">
      <h2>Comments</h2>
      {commented.map((read) => (
        <p key={read.label} className={classes.comment}>
          <b>{read.label}</b> {read.comment}
        </p>
      ))}
    </section>
  );
}

type PanelActionsProps = Pick<DecisionPanelProps, 'state' | 'onCommand' | 'onGiveUp'>;

function PanelActions({ state, onCommand, onGiveUp }: PanelActionsProps) {
  const allowed = state.payload!.allowed_actions;
  const isOver = state.phase === 'readOnly' || state.phase === 'submitted';
  return (
    <div className={classes.actions}>
      {allowed.includes('recall') && (
        <button
          type="button"
          tabIndex={-1}
          className="ws-quiet"
          data-testid="take-back"
          onClick={() => onCommand({ kind: 'sendBack' })}
        >
          <kbd>S</kbd> Take it back from the reader
        </button>
      )}
      {allowed.includes('correct') && state.phase === 'readOnly' && (
        <button
          type="button"
          tabIndex={-1}
          className="ws-quiet"
          data-testid="correct"
          onClick={() => onCommand({ kind: 'correct' })}
        >
          <kbd>U</kbd> Correct, until {dateTime(state.payload!.adjudication.correct_until)}
        </button>
      )}
      {isCorrecting(state) && (
        <button type="button" tabIndex={-1} className="ws-quiet" data-testid="cancel-correction" onClick={onGiveUp}>
          Give up the correction
        </button>
      )}
      {!isOver && !isCorrecting(state) && (
        <div className="ws-row">
          <button
            type="button"
            tabIndex={-1}
            className="ws-quiet"
            data-testid="send-back"
            disabled={!allowed.includes('return')}
            onClick={() => onCommand({ kind: 'sendBack' })}
          >
            <kbd>S</kbd> Ask a reader
          </button>
          <button
            type="button"
            tabIndex={-1}
            className="ws-quiet"
            data-testid="give-back"
            disabled={!allowed.includes('release')}
            onClick={() => onCommand({ kind: 'release' })}
          >
            <kbd>G</kbd> Give back
          </button>
        </div>
      )}
      <button
        type="button"
        className="ws-primary"
        data-testid="submit"
        disabled={state.phase === 'submitting'}
        onClick={() => onCommand({ kind: 'submit' })}
      >
        {submitText(state)} <kbd>Enter</kbd>
      </button>
    </div>
  );
}

function submitText(state: AdjudicationState): string {
  if (state.phase === 'readOnly' || state.phase === 'submitted') return 'Next case';
  if (state.phase === 'submitting') return 'Sending';
  return isCorrecting(state) ? 'Submit correction' : 'Submit decisions';
}

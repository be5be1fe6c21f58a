/** One finding that differs: who says what, the decision on it, its marks and its reason. */
import { useEffect, useRef, type Dispatch } from 'react';

import type { AdjudicatedFinding, AnswerValue, LetteredRead } from '../../../api/types';
import { plural } from '../../../lib/format';
import { readerColour } from '../../../lib/palette';
import { hasKey, reasonDigit, type Command } from '../keys';
import { REASONS } from '../reasons';
import { choiceOf, marksOf, takesBoxes, type AdjudicationAction, type AdjudicationState, type Choice } from '../state';
import classes from './decision.module.css';

interface FindingDecisionProps {
  finding: AdjudicatedFinding;
  state: AdjudicationState;
  isCurrent: boolean;
  onGo: () => void;
  dispatch: Dispatch<AdjudicationAction>;
  onCommand: (command: Command) => void;
}

export function FindingDecision({ finding, state, isCurrent, onGo, dispatch, onCommand }: FindingDecisionProps) {
  const choice = choiceOf(state, finding.code);
  const editable = state.phase === 'deciding';
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isCurrent) section.current?.scrollIntoView({ block: 'nearest' });
  }, [isCurrent]);

  return (
    <section
      ref={section}
      className={classes.finding}
      data-current={isCurrent}
      data-testid={`discordant-${finding.code}`}
    >
      <header>
        <button type="button" tabIndex={-1} className={classes.name} onClick={onGo}>
          {finding.name}
        </button>
        <small>{finding.kind === 'location' ? `place differs${iouText(finding)}` : 'answers differ'}</small>
      </header>
      <div className={classes.values}>
        {state.payload!.reads.map((read, index) => {
          const value = finding.values[read.label];
          const marks = marksOf(state, read.label, finding.code).length;
          return (
            <span key={read.label}>
              <i style={{ color: readerColour(index) }}>{read.label}</i>
              <b data-value={value}>{value ?? 'not answered'}</b>
              {marks > 0 && <em>{plural(marks, 'mark')}</em>}
            </span>
          );
        })}
      </div>
      <ValueButtons
        finding={finding}
        choice={choice}
        showKeys={isCurrent}
        disabled={!editable}
        onValue={(value) => dispatch({ type: 'value', value, finding: finding.code })}
      />
      {!isCurrent && <p className={classes.made}>{madeText(choice)}</p>}
      {isCurrent && (
        <>
          <Marks state={state} finding={finding} choice={choice} disabled={!editable} dispatch={dispatch} onCommand={onCommand} />
          <Reasons
            choice={choice}
            disabled={!editable}
            onReason={(reason) => dispatch({ type: 'reason', reason, finding: finding.code })}
            onOwnReason={(text) => dispatch({ type: 'ownReason', text, finding: finding.code })}
            onSubmit={() => onCommand({ kind: 'submit' })}
          />
        </>
      )}
    </section>
  );
}

const VALUES: { value: AnswerValue; digit: string }[] = [
  { value: 'present', digit: '1' },
  { value: 'absent', digit: '2' },
  { value: 'uncertain', digit: '3' },
];

interface ValueButtonsProps {
  finding: AdjudicatedFinding;
  choice: Choice;
  showKeys: boolean;
  disabled: boolean;
  onValue: (value: AnswerValue) => void;
}

function ValueButtons({ finding, choice, showKeys, disabled, onValue }: ValueButtonsProps) {
  return (
    <div className={classes.choose} role="radiogroup" aria-label={`Decision on ${finding.name}`}>
      {VALUES.map(({ value, digit }) => (
        <button
          key={value}
          type="button"
          tabIndex={-1}
          data-testid={`decide-${finding.code}-${value}`}
          data-value={value}
          aria-pressed={choice.value === value}
          disabled={disabled}
          onClick={() => onValue(value)}
        >
          {showKeys && <kbd>{digit}</kbd>} {value}
        </button>
      ))}
    </div>
  );
}

interface MarksProps {
  state: AdjudicationState;
  finding: AdjudicatedFinding;
  choice: Choice;
  disabled: boolean;
  dispatch: Dispatch<AdjudicationAction>;
  onCommand: (command: Command) => void;
}

function Marks({ state, finding, choice, disabled, dispatch, onCommand }: MarksProps) {
  if (!takesBoxes(state, finding.code)) return null;
  const withMarks = state.payload!.reads.filter((read) => marksOf(state, read.label, finding.code).length > 0);
  return (
    <div className={classes.marks}>
      <span className="ws-dim">{marksText(choice)}</span>
      {!disabled && <MarkButtons withMarks={withMarks} choice={choice} dispatch={dispatch} onCommand={onCommand} />}
    </div>
  );
}

type MarkButtonsProps = Pick<MarksProps, 'choice' | 'dispatch' | 'onCommand'> & { withMarks: LetteredRead[] };

function MarkButtons({ withMarks, choice, dispatch, onCommand }: MarkButtonsProps) {
  return (
    <>
      {withMarks.map((read) => (
        <button
          key={read.label}
          type="button"
          tabIndex={-1}
          className="ws-quiet"
          data-testid={`take-${read.label}`}
          onClick={() => onCommand({ kind: 'takeMarks', label: read.label })}
        >
          {hasKey(read.label) && <kbd>⇧{read.label}</kbd>} Take {read.label}’s
        </button>
      ))}
      <button
        type="button"
        tabIndex={-1}
        className="ws-quiet"
        data-testid="draw-own"
        onClick={() => onCommand({ kind: 'tool', tool: 'box' })}
      >
        <kbd>O</kbd> Draw
      </button>
      {choice.boxes.length > 0 && (
        <button
          type="button"
          tabIndex={-1}
          className="ws-quiet"
          onClick={() => choice.boxes.forEach((box) => dispatch({ type: 'removeBox', id: box.id }))}
        >
          No mark
        </button>
      )}
    </>
  );
}

function marksText({ boxes }: Choice): string {
  return boxes.length === 0 ? 'No mark in the decision' : `${plural(boxes.length, 'mark')} in the decision`;
}

/** What goes with a decision whose marks and reasons are folded. */
function madeText({ boxes, reason }: Choice): string {
  const marks = boxes.length === 0 ? '' : plural(boxes.length, 'mark');
  return [marks, reason].filter((part) => part !== '').join(' · ');
}

interface ReasonsProps {
  choice: Choice;
  disabled: boolean;
  onReason: (reason: string) => void;
  onOwnReason: (text: string) => void;
  onSubmit: () => void;
}

function Reasons({ choice, disabled, onReason, onOwnReason, onSubmit }: ReasonsProps) {
  return (
    <div className={classes.reasons} role="group" aria-label="Reason">
      {REASONS.map((reason, index) => (
        <button
          key={reason}
          type="button"
          tabIndex={-1}
          data-testid={`reason-${reasonDigit(index)}`}
          aria-pressed={!choice.isOwn && choice.reason === reason}
          disabled={disabled}
          onClick={() => onReason(reason)}
        >
          <kbd>{reasonDigit(index)}</kbd> {reason}
        </button>
      ))}
      <input
        className="ws-field"
        aria-label="Other reason"
        placeholder={disabled && choice.reason === '' ? 'No reason given' : 'Other reason'}
        maxLength={500}
        value={choice.isOwn ? choice.reason : ''}
        disabled={disabled || choice.value === null}
        onChange={(event) => onOwnReason(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSubmit();
        }}
      />
    </div>
  );
}

function iouText(finding: AdjudicatedFinding): string {
  return finding.iou === null ? '' : `, overlap ${finding.iou.toFixed(2)}`;
}

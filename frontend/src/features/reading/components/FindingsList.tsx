/** The questions of the schema, one line each: key, colour, name, and the three answers. */
import { useEffect, useRef } from 'react';

import type { AnswerValue, Finding, LabelSchema, ReadDocument } from '../../../api/types';
import { findingColour } from '../../../lib/palette';
import { marksOf } from '../session/edits';
import { shownKey } from '../keyboard/keys';
import classes from './findings.module.css';

interface FindingsListProps {
  schema: LabelSchema;
  document: ReadDocument;
  active: string | null;
  editable: boolean;
  onAnswer: (code: string, value: AnswerValue | null) => void;
  onActivate: (code: string) => void;
}

export function FindingsList({ schema, document, active, editable, onAnswer, onActivate }: FindingsListProps) {
  return (
    <div role="group" aria-label="Findings">
      {schema.findings.map((finding, index) => (
        <FindingRow
          key={finding.code}
          finding={finding}
          colour={findingColour(index)}
          document={document}
          isActive={active === finding.code}
          editable={editable}
          onAnswer={(value) => onAnswer(finding.code, value)}
          onActivate={() => onActivate(finding.code)}
        />
      ))}
    </div>
  );
}

const ANSWERS: AnswerValue[] = ['present', 'absent', 'uncertain'];

interface FindingRowProps {
  finding: Finding;
  colour: string;
  document: ReadDocument;
  isActive: boolean;
  editable: boolean;
  onAnswer: (value: AnswerValue | null) => void;
  onActivate: () => void;
}

function FindingRow({ finding, colour, document, isActive, editable, onAnswer, onActivate }: FindingRowProps) {
  const answer = document.answers[finding.code];
  const marks = marksOf(document, finding.code).length;
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);

  return (
    <div
      ref={row}
      className={classes.row}
      data-testid={`finding-${finding.code}`}
      data-active={isActive}
      data-value={answer?.value ?? 'open'}
      data-by-rest={answer?.by_rest ?? false}
    >
      <kbd>{finding.hotkey.toUpperCase()}</kbd>
      <i className={classes.bar} style={{ background: finding.boxes ? colour : 'transparent' }} aria-hidden="true" />
      <button type="button" className={classes.name} onClick={onActivate} title={finding.name} tabIndex={-1}>
        <span>{finding.name}</span>
        {!finding.required && <em>optional</em>}
        {marks > 0 && <em>{marks === 1 ? '1 mark' : `${marks} marks`}</em>}
      </button>
      <div className={classes.answers} role="radiogroup" aria-label={finding.name}>
        {ANSWERS.map((value) => (
          <button
            key={value}
            type="button"
            tabIndex={-1}
            data-testid={`answer-${finding.code}-${value}`}
            data-value={value}
            data-rest={answer?.by_rest ?? false}
            aria-pressed={answer?.value === value}
            aria-label={`${finding.name}: ${value}`}
            title={answer?.value === value && answer.by_rest ? 'absent, answered for all open findings at once' : value}
            disabled={!editable}
            onClick={() => onAnswer(answer?.value === value ? null : value)}
          >
            {shownKey({ kind: 'answerActive', value })}
          </button>
        ))}
      </div>
    </div>
  );
}

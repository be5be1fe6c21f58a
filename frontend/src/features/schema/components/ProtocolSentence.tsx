/** The protocol as sentences with the choices inside them. */
import { Chip, NumberInput, Select } from '@mantine/core';

import { CONTEXT_FIELDS, type Protocol } from '../../../api/projects';
import { words } from '../../../lib/format';

interface SentenceProps {
  protocol: Protocol;
  onChange: (values: Partial<Protocol>) => void;
}

export function ProtocolSentence({ protocol, onChange }: SentenceProps) {
  return (
    <div data-testid="protocol-sentence">
      <div className="lh-sentence">
        Each case is read by
        <Figure
          label="Readers per case"
          value={protocol.readers_per_case}
          min={1}
          max={20}
          onChange={(readers_per_case) => onChange({ readers_per_case })}
          testId="protocol-readers"
        />
        {protocol.readers_per_case === 1
          ? 'reader, who does not see what the model says.'
          : 'readers, who see neither each other’s work nor what the model says.'}
      </div>
      <div className="lh-sentence">
        Beside the image a reader is told
        <Chip.Group
          multiple
          value={protocol.context_fields}
          onChange={(fields) => onChange({ context_fields: CONTEXT_FIELDS.filter((each) => fields.includes(each)) })}
        >
          <span className="lh-choices">
            {CONTEXT_FIELDS.map((field) => (
              <Chip key={field} value={field} size="xs">
                {words(field)}
              </Chip>
            ))}
          </span>
        </Chip.Group>
      </div>
      <div className="lh-sentence">
        One in
        <Figure
          label="Interleave of validation and test cases"
          value={protocol.eval_interleave}
          min={0}
          max={100}
          onChange={(eval_interleave) => onChange({ eval_interleave })}
        />
        new cases is a validation or test case, unmarked, until
        <Figure
          label="Validation and test cases to begin"
          value={protocol.eval_target}
          min={0}
          max={10_000_000}
          width={110}
          onChange={(eval_target) => onChange({ eval_target })}
        />
        of them are begun{protocol.eval_interleave === 0 && ' (0 means: none are mixed in)'}.
      </div>
      <div className="lh-sentence">
        Boxes of two readers mark the same thing from an overlap (IoU) of
        <Figure
          label="IoU threshold"
          value={protocol.iou_threshold}
          min={0.05}
          max={1}
          step={0.05}
          onChange={(iou_threshold) => onChange({ iou_threshold })}
        />
        upwards. An adjudicator
        <Either
          label="Adjudicating own reads"
          value={protocol.adjudicate_own_reads}
          yes="may"
          no="may not"
          onChange={(adjudicate_own_reads) => onChange({ adjudicate_own_reads })}
        />
        decide a case she has read herself, and
        <Either
          label="Reasons for decisions"
          value={protocol.adjudication_reason_required}
          yes="must"
          no="need not"
          onChange={(adjudication_reason_required) => onChange({ adjudication_reason_required })}
        />
        give a reason for each decision. Once a case is closed, its readers
        <Either
          label="Outcome of closed cases"
          value={protocol.show_outcome_when_closed}
          yes="may see"
          no="are not shown"
          onChange={(show_outcome_when_closed) => onChange({ show_outcome_when_closed })}
        />
        the outcome.
      </div>
    </div>
  );
}

interface FigureProps {
  label: string;
  value: number;
  min: number;
  max: number;
  step?: number;
  width?: number;
  testId?: string;
  onChange: (value: number) => void;
}

function Figure({ label, value, min, max, step = 1, width = 74, testId, onChange }: FigureProps) {
  return (
    <NumberInput
      size="xs"
      w={width}
      aria-label={label}
      value={value}
      min={min}
      max={max}
      step={step}
      decimalScale={step < 1 ? 2 : 0}
      thousandSeparator=" "
      onChange={(next) => typeof next === 'number' && onChange(next)}
      data-testid={testId}
    />
  );
}

interface EitherProps {
  label: string;
  value: boolean;
  yes: string;
  no: string;
  onChange: (value: boolean) => void;
}

function Either({ label, value, yes, no, onChange }: EitherProps) {
  return (
    <Select
      size="xs"
      w={128}
      aria-label={label}
      value={value ? 'yes' : 'no'}
      allowDeselect={false}
      data={[
        { value: 'yes', label: yes },
        { value: 'no', label: no },
      ]}
      onChange={(next) => onChange(next === 'yes')}
    />
  );
}

/** The marks behind an outcome: each read's in its colour with its reader, an adjudicator's in white. Pure. */
import type { LabelSchema } from '../../api/types';
import { DECISION_COLOUR, readerColour } from '../../lib/palette';
import type { ShownMark } from '../../viewer/marks/layer';
import type { Outcome } from './api/outcome';

type Mark = Outcome['reads'][number]['annotations'][number];

export function outcomeMarks(outcome: Outcome, schema: LabelSchema): ShownMark[] {
  const names = new Map(schema.findings.map((finding) => [finding.code, finding.name]));
  const shown = (mark: Mark, whose: string, by: string, colour: string, dashed: boolean): ShownMark => ({
    // A mark keeps one name in the read and in the decision that took it over.
    id: `${by}-${mark.id}`,
    kind: mark.kind,
    instance: mark.instance,
    frame: mark.frame,
    geometry: mark.geometry,
    label: `${whose}, ${names.get(mark.finding) ?? mark.finding}`,
    colour,
    locked: true,
    dashed,
  });
  const reads = outcome.reads.flatMap((read, index) =>
    read.annotations.map((mark) => shown(mark, read.label, `${index}`, readerColour(index), index % 2 === 1)),
  );
  const decided = outcome.findings.flatMap((finding) =>
    finding.annotations.map((mark) => shown(mark, 'Decision', 'decision', DECISION_COLOUR, false)),
  );
  return [...reads, ...decided];
}

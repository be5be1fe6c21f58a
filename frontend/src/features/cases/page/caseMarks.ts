/** The marks of a case's reads and decisions on its image: each reader's in her colour, a decision's in white. Pure. */
import { DECISION_COLOUR } from '../../../lib/palette';
import type { ShownMark } from '../../../viewer/marks/layer';
import type { CaseRecord, RecordedRead } from './api/case';
import type { CaseReader } from './readers';

type Mark = RecordedRead['annotations'][number];

/** `hidden`: assignments whose marks are switched off; `finding`: only this one's, null: all. */
export function caseMarks(
  record: CaseRecord,
  readers: CaseReader[],
  hidden: ReadonlySet<string>,
  finding: string | null,
): ShownMark[] {
  const names = new Map(record.findings.map((each) => [each.code, each.name]));
  const shown = (mark: Mark, by: string, whose: string, colour: string, dashed: boolean): ShownMark => ({
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
  const wanted = (mark: Mark) => finding === null || mark.finding === finding;
  const read = readers
    .filter((reader) => !hidden.has(reader.assignment))
    .flatMap((reader, index) =>
      reader.newest.annotations
        .filter(wanted)
        .map((mark) => shown(mark, reader.assignment, reader.name, reader.colour, index % 2 === 1)),
    );
  const decided = newestDecisions(record).flatMap((decision) =>
    decision.annotations.filter(wanted).map((mark) => shown(mark, decision.id, 'Decision', DECISION_COLOUR, false)),
  );
  return [...read, ...decided];
}

/** By round and finding, the decision that counts: the last. */
export function newestDecisions(record: CaseRecord): CaseRecord['decisions'] {
  return [...new Map(record.decisions.map((each) => [`${each.round}/${each.finding}`, each])).values()];
}

/** The marks of a read as the image shows them: the finding's colour, its name, and the number that the list gives. Pure. */
import type { BoxAnnotation, LabelSchema } from '../../../api/types';
import { findingColour } from '../../../lib/palette';
import type { ShownMark } from '../../../viewer/marks/layer';
import { markNumbers } from './edits';

export function shownMarks(annotations: BoxAnnotation[], schema: LabelSchema, editable: boolean): ShownMark[] {
  const numbers = markNumbers(annotations);
  return annotations.map((mark) => {
    const index = schema.findings.findIndex((finding) => finding.code === mark.finding);
    const region = schema.region_classes.find((entry) => entry.code === mark.region_class);
    const name = `${schema.findings[index]?.name ?? mark.finding} ${numbers.get(mark.id)}`;
    return {
      id: mark.id,
      kind: mark.kind,
      instance: mark.instance,
      frame: mark.frame,
      geometry: mark.geometry,
      label: region === undefined ? name : `${name}, ${region.name}`,
      colour: findingColour(Math.max(index, 0)),
      locked: !editable,
      dashed: false,
    };
  });
}

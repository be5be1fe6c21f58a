/** The marks of one finding as boxes: each read in its colour with its letter, the decision in white. Pure. */
import type { BoxGeometry } from '../../api/types';
import { DECISION_COLOUR, readerColour } from '../../lib/palette';
import type { ShownMark } from '../../viewer/marks/layer';
import { choiceOf, marksOf, type AdjudicationState } from './state';

export function shownMarks(state: AdjudicationState): ShownMark[] {
  const { current, payload, visible } = state;
  if (payload === null || current === null) return [];
  const reads = payload.reads.flatMap((read, index) =>
    visible.includes(read.label)
      ? marksOf(state, read.label, current).map((mark) => ({
          // A mark keeps one name in the read and in the decision that took it over.
          id: `${read.label}-${mark.id}`,
          kind: mark.kind,
          instance: mark.instance,
          frame: mark.frame,
          geometry: mark.geometry,
          label: read.label,
          colour: readerColour(index),
          locked: true,
          dashed: index % 2 === 1,
        }))
      : [],
  );
  const own = choiceOf(state, current).boxes.map((box) => ({
    id: box.id,
    kind: box.kind,
    instance: box.instance,
    frame: box.frame,
    geometry: box.geometry,
    label: 'Decision',
    colour: DECISION_COLOUR,
    locked: state.phase !== 'deciding',
    dashed: false,
  }));
  return [...reads, ...own];
}

/** The smallest region that holds the boxes of one frame. */
export function regionOf(boxes: BoxGeometry[]): BoxGeometry | null {
  if (boxes.length === 0) return null;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

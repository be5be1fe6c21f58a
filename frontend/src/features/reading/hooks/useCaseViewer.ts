/** The case on the stage: its marks as boxes, and gestures on them as edits. */
import { useCallback, useMemo, type Dispatch } from 'react';

import type { BoxAnnotation, CaseImage, LabelSchema } from '../../../api/types';
import { findingColour } from '../../../lib/palette';
import type { ShownBox } from '../../../viewer/boxLayer';
import type { ViewerController, ViewerGestures } from '../../../viewer/controller';
import { useStage, type Stage } from '../../../viewer/useStage';
import { isEditable } from '../selectors';
import type { SessionAction, SessionState } from '../sessionState';

const NO_IMAGES: CaseImage[] = [];
const NO_BOXES: ShownBox[] = [];

export interface CaseViewer extends Stage {
  showMark: (box: BoxAnnotation) => void;
}

export function useCaseViewer(
  viewer: ViewerController | null,
  state: SessionState,
  dispatch: Dispatch<SessionAction>,
): CaseViewer {
  const { annotations } = state.document;
  const schema = state.payload?.schema ?? null;
  const editable = isEditable(state);
  const boxes = useMemo(
    () => (schema === null ? NO_BOXES : shownBoxes(annotations, schema, editable)),
    [annotations, schema, editable],
  );
  const gestures = useMemo<ViewerGestures>(
    () => ({
      onBoxDrawn: (place) => {
        const box = { id: crypto.randomUUID(), kind: 'box', region_class: null, space: 'image', ...place } as const;
        dispatch({ type: 'edit', edit: { type: 'addBox', box } });
      },
      onBoxChanged: (id, geometry) => dispatch({ type: 'edit', edit: { type: 'changeBox', id, change: { geometry } } }),
    }),
    [dispatch],
  );
  const onSelectBox = useCallback((id: string | null) => dispatch({ type: 'selectBox', id }), [dispatch]);
  const images = state.payload?.images ?? NO_IMAGES;
  const caseId = state.payload?.assignment.id ?? null;
  const stage = useStage({ viewer, caseId, images, boxes, gestures, onSelectBox });

  const { showFrame } = stage;
  const showMark = useCallback(
    (box: BoxAnnotation) => {
      showFrame(box.instance, box.frame);
      viewer?.selectBox(box.id);
    },
    [showFrame, viewer],
  );
  return { ...stage, showMark };
}

export function shownBoxes(annotations: BoxAnnotation[], schema: LabelSchema, editable: boolean): ShownBox[] {
  return annotations.map((box) => {
    const index = schema.findings.findIndex((finding) => finding.code === box.finding);
    const region = schema.region_classes.find((entry) => entry.code === box.region_class);
    const name = schema.findings[index]?.name ?? box.finding;
    return {
      id: box.id,
      instance: box.instance,
      frame: box.frame,
      geometry: box.geometry,
      label: region === undefined ? name : `${name}, ${region.name}`,
      colour: findingColour(Math.max(index, 0)),
      locked: !editable,
      dashed: false,
    };
  });
}

/** The case on the stage: its marks on the image, and gestures on them as edits. */
import { useCallback, useMemo, type Dispatch } from 'react';

import type { BoxAnnotation, CaseImage } from '../../../api/types';
import type { ShownMark } from '../../../viewer/marks/layer';
import type { ViewerController, ViewerGestures } from '../../../viewer/controller';
import { useStage, type Stage } from '../../../viewer/useStage';
import { isEditable } from '../session/selectors';
import type { SessionAction, SessionState } from '../session/sessionState';
import { shownMarks } from '../session/shownMarks';

const NO_IMAGES: CaseImage[] = [];
const NO_MARKS: ShownMark[] = [];

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
  const marks = useMemo(
    () => (schema === null ? NO_MARKS : shownMarks(annotations, schema, editable)),
    [annotations, schema, editable],
  );
  const gestures = useMemo<ViewerGestures>(
    () => ({
      onMarkDrawn: (place) => {
        const box = { id: crypto.randomUUID(), region_class: null, space: 'image', ...place } as const;
        dispatch({ type: 'edit', edit: { type: 'addBox', box } });
      },
      onMarkChanged: (id, geometry) => dispatch({ type: 'edit', edit: { type: 'changeBox', id, change: { geometry } } }),
    }),
    [dispatch],
  );
  const onSelectMark = useCallback((id: string | null) => dispatch({ type: 'selectBox', id }), [dispatch]);
  const images = state.payload?.images ?? NO_IMAGES;
  const caseId = state.payload?.assignment.id ?? null;
  const stage = useStage({ viewer, caseId, images, marks, gestures, onSelectMark });

  const { showFrame } = stage;
  const showMark = useCallback(
    (box: BoxAnnotation) => {
      showFrame(box.instance, box.frame);
      viewer?.selectMark(box.id);
    },
    [showFrame, viewer],
  );
  return { ...stage, showMark };
}

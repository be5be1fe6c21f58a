/** What of a case is on the screen: its stacks, the one shown, its marks as boxes, and gestures as edits. */
import { useCallback, useEffect, useMemo, useState, type Dispatch } from 'react';

import type { BoxAnnotation, CaseImage, LabelSchema } from '../../../api/types';
import { findingColour } from '../../../lib/palette';
import type { ShownBox } from '../../../viewer/boxLayer';
import type { ViewerController } from '../../../viewer/controller';
import { frameIndex, stacksOf, type ImageStack } from '../../../viewer/stacks';
import { isEditable, type SessionAction, type SessionState } from '../state';

const NO_IMAGES: CaseImage[] = [];

export interface CaseViewer {
  stacks: ImageStack[];
  stackId: string | null;
  showStack: (id: string, index?: number) => void;
  showMark: (box: BoxAnnotation) => void;
}

export function useCaseViewer(
  viewer: ViewerController | null,
  state: SessionState,
  dispatch: Dispatch<SessionAction>,
): CaseViewer {
  const images = state.payload?.images ?? NO_IMAGES;
  const caseId = state.payload?.assignment.id ?? null;
  const stacks = useMemo(() => stacksOf(images), [images]);
  const [chosen, setChosen] = useState<{ caseId: string | null; stackId: string; index: number } | null>(null);
  const shown = chosen !== null && chosen.caseId === caseId ? chosen : null;
  const stack = stacks.find((entry) => entry.id === shown?.stackId) ?? stacks[0] ?? null;

  // The index takes part only when a stack is newly shown: scrolling belongs to the viewer.
  useEffect(() => {
    if (viewer === null) return;
    if (stack === null) viewer.clear();
    else void viewer.showStack(stack, shown?.index ?? 0);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [viewer, stack]);

  const schema = state.payload?.schema ?? null;
  const editable = isEditable(state);
  const boxes = useMemo(
    () => (schema === null ? [] : shownBoxes(state.document.annotations, schema, editable)),
    [state.document.annotations, schema, editable],
  );
  useEffect(() => viewer?.setBoxes(boxes), [viewer, boxes]);

  useEffect(() => {
    if (viewer === null) return;
    viewer.gestures = {
      onBoxDrawn: ({ instance, frame, geometry }) => {
        const box = { id: crypto.randomUUID(), kind: 'box' as const, region_class: null, space: 'image' as const };
        dispatch({ type: 'edit', edit: { type: 'addBox', box: { ...box, instance, frame, geometry } } });
      },
      onBoxChanged: (id, geometry) => dispatch({ type: 'edit', edit: { type: 'changeBox', id, change: { geometry } } }),
    };
    return viewer.store.subscribe((view, before) => {
      if (view.selectedBox !== before.selectedBox) dispatch({ type: 'selectBox', id: view.selectedBox });
    });
  }, [viewer, dispatch]);

  const showStack = useCallback(
    (id: string, index = 0) => setChosen({ caseId, stackId: id, index }),
    [caseId],
  );

  const showMark = useCallback(
    (box: BoxAnnotation) => {
      const target = stacks.find((entry) => frameIndex(entry, box.instance, box.frame) >= 0);
      if (target === undefined || viewer === null) return;
      const index = frameIndex(target, box.instance, box.frame);
      if (target === stack) viewer.scrollTo(index);
      else showStack(target.id, index);
      viewer.selectBox(box.id);
    },
    [stacks, stack, viewer, showStack],
  );

  return { stacks, stackId: stack?.id ?? null, showStack, showMark };
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

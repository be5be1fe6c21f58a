/** What of a case is on the screen: its stacks, the one shown, the marks on it, and what hands do there. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';

import type { CaseImage, WindowPreset } from '../api/types';
import type { ViewerController, ViewerGestures } from './controller';
import { prefetch } from './images/loading';
import type { ShownMark } from './marks/layer';
import { frameIndex, loadingOrder, stacksOf, type ImageStack } from './images/stacks';
import { NO_VIEW, type ViewState } from './store';

export interface Stage {
  stacks: ImageStack[];
  stackId: string | null;
  showStack: (id: string, index?: number) => void;
  /** Bring an instance's frame to the screen. */
  showFrame: (instance: string, frame: number) => void;
  /** The image of this case is drawn. */
  isReady: boolean;
  /** Window presets of the image on screen. */
  presets: WindowPreset[];
  view: ViewState;
}

interface StageOptions {
  viewer: ViewerController | null;
  /** Changes with the case; null while there is none. */
  caseId: string | null;
  images: CaseImage[];
  marks: ShownMark[];
  gestures: ViewerGestures;
  onSelectMark: (id: string | null) => void;
}

interface Chosen {
  caseId: string | null;
  stackId: string;
  index: number;
}

const NO_PRESETS: WindowPreset[] = [];

export function useStage({ viewer, caseId, images, marks, gestures, onSelectMark }: StageOptions): Stage {
  const stacks = useMemo(() => stacksOf(images), [images]);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const asked = chosen !== null && chosen.caseId === caseId ? chosen : null;
  const stack = stacks.find((entry) => entry.id === asked?.stackId) ?? stacks[0] ?? null;
  const view = useStore(viewer?.store ?? NO_VIEW);

  // The index takes part only when a stack is newly shown: scrolling belongs to the viewer.
  useEffect(() => {
    if (viewer === null) return;
    if (stack === null) viewer.clear();
    else void viewer.showStack(stack, asked?.index ?? 0);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [viewer, stack]);

  useEffect(() => viewer?.setMarks(marks), [viewer, marks]);

  useEffect(() => {
    if (viewer !== null) viewer.gestures = gestures;
  }, [viewer, gestures]);

  useEffect(
    () =>
      viewer?.store.subscribe((now, before) => {
        if (now.selectedMark !== before.selectedMark) onSelectMark(now.selectedMark);
      }),
    [viewer, onSelectMark],
  );

  const showStack = useCallback((id: string, index = 0) => setChosen({ caseId, stackId: id, index }), [caseId]);

  const showFrame = useCallback(
    (instance: string, frame: number) => {
      const target = stacks.find((entry) => frameIndex(entry, instance, frame) >= 0);
      if (target === undefined) return;
      const index = frameIndex(target, instance, frame);
      if (target === stack) viewer?.scrollTo(index);
      else showStack(target.id, index);
    },
    [stacks, stack, viewer, showStack],
  );

  const isReady = stack !== null && view.status === 'ready' && view.stackId === stack.id;
  useEffect(() => {
    if (!isReady || stack === null) return;
    const abort = new AbortController();
    const others = stacks.filter((entry) => entry !== stack);
    // What cannot be loaded ahead is tried again, and reported, when the reader comes to it.
    prefetch(loadingOrder(stack, asked?.index ?? 0, others), abort.signal).catch(() => undefined);
    return () => abort.abort();
    // Begins once for each stack; scrolling must not begin it again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isReady, stack]);

  return {
    stacks,
    stackId: stack?.id ?? null,
    showStack,
    showFrame,
    isReady,
    presets: stack?.frames[view.slice]?.image.window_presets ?? NO_PRESETS,
    view,
  };
}

/** State of one viewport, kept outside React: what is shown and how. */
import { createStore, type StoreApi } from 'zustand/vanilla';

import type { ImageSpacing } from '../api/types';
import type { GreyWindow } from './display/window';
import { UPRIGHT, type Runs } from './mapping/orientation';

export type LeftTool = 'window' | 'pan' | 'zoom' | 'box' | 'length';

export type ViewStatus = 'empty' | 'loading' | 'ready' | 'failed';

export interface ViewState {
  status: ViewStatus;
  error: string | null;
  tool: LeftTool;
  /** Identifier of the drawn image; changes after the first picture of each image. */
  imageId: string | null;
  stackId: string | null;
  /** As the header says it, or as a hand has dragged it; null for colour. */
  window: GreyWindow | null;
  /** Name of the window or table on screen; null for a window of the reader's own. */
  viewName: string | null;
  /** Shown with the grey scale turned round from how the film is meant to look (bone bright). */
  inverted: boolean;
  /** Screen pixels for one image pixel. */
  scale: number;
  /** Counted from 0. */
  slice: number;
  sliceCount: number;
  spacing: ImageSpacing | null;
  photometric: string | null;
  selectedMark: string | null;
  rotation: number;
  flippedHorizontally: boolean;
  /** How the drawn image lies, turned and mirrored as it is. */
  runs: Runs;
}

export const INITIAL_VIEW: ViewState = {
  status: 'empty',
  error: null,
  tool: 'window',
  imageId: null,
  stackId: null,
  window: null,
  viewName: null,
  inverted: false,
  scale: 0,
  slice: 0,
  sliceCount: 0,
  spacing: null,
  photometric: null,
  selectedMark: null,
  rotation: 0,
  flippedHorizontally: false,
  runs: UPRIGHT,
};

export type ViewStore = StoreApi<ViewState>;

export function createViewStore(): ViewStore {
  return createStore<ViewState>(() => INITIAL_VIEW);
}

/** Stands in while no viewport is mounted, so that components can subscribe without asking. */
export const NO_VIEW: ViewStore = createViewStore();

/** Starts Cornerstone3D once for the page and keeps the one rendering engine. */
import {
  cache,
  Enums,
  getConfiguration,
  getShouldUseCPURendering,
  init as initCore,
  RenderingEngine,
  setUseCPURendering,
} from '@cornerstonejs/core';
import { init as initImageLoader } from '@cornerstonejs/dicom-image-loader';
import {
  addTool,
  annotation,
  init as initTools,
  PanTool,
  PlanarRotateTool,
  StackScrollTool,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';

import { ignoreRefusedTwice } from '../images/failures';
import { FindingBoxTool, TEXT_GROUND } from '../marks/FindingBoxTool';
import { SourcedLengthTool } from '../marks/SourcedLengthTool';

/** Decoded pixels that are kept: a long day of radiographs must not fill the machine. */
const CACHE_BYTES = 1024 ** 3;

let started = false;
let engine: RenderingEngine | null = null;

/** Must run before any metadata is registered: the image loader's start forgets all that was there. */
export function startViewer(): void {
  if (started) return;
  const defaults = getConfiguration();
  const mode = Enums.RenderingEngineModeEnum.ContextPool;
  initCore({ ...defaults, rendering: { ...defaults.rendering, renderingEngineMode: mode, webGlContextCount: 2 } });
  initImageLoader({ maxWebWorkers: decodeWorkers() });
  ignoreRefusedTwice();
  cache.setMaxCacheSize(CACHE_BYTES);
  initTools();
  [
    WindowLevelTool,
    PanTool,
    ZoomTool,
    StackScrollTool,
    PlanarRotateTool,
    FindingBoxTool,
    SourcedLengthTool,
  ].forEach((tool) => addTool(tool));
  annotation.config.style.setDefaultToolStyles(toolStyles());
  started = true;
}

export function renderingEngine(): RenderingEngine {
  startViewer();
  if (engine === null || engine.hasBeenDestroyed) engine = new RenderingEngine('labelhub');
  return engine;
}

/** Whether images are drawn by the processor, because the browser has no WebGL or the reader asked for it. */
export function drawsOnProcessor(): boolean {
  return getShouldUseCPURendering();
}

export function drawOnProcessor(): void {
  setUseCPURendering(true);
}

function decodeWorkers(): number {
  return Math.max(1, Math.min(4, (navigator.hardwareConcurrency || 2) - 1));
}

/** Measurements in one calm colour and thin lines; their words stand on a dark ground, legible on white bone and air alike. */
function toolStyles() {
  const defaults = annotation.config.style.getDefaultToolStyles();
  const ink = '#8fd0ff';
  return {
    ...defaults,
    global: {
      ...defaults.global,
      color: ink,
      colorHighlighted: ink,
      colorSelected: '#ffffff',
      lineWidth: '1.5',
      textBoxColor: ink,
      textBoxColorHighlighted: ink,
      textBoxColorSelected: '#ffffff',
      textBoxFontFamily: 'Inter, "Segoe UI", Arial, sans-serif',
      textBoxFontSize: '13px',
      textBoxBackground: TEXT_GROUND,
    },
  };
}

/** One viewport as the features see it: show a stack, change the view, draw boxes, tell what is on screen. */
import { Enums, eventTarget, version, type Types } from '@cornerstonejs/core';
import { Enums as ToolEnums, cancelActiveManipulations, type Types as ToolTypes } from '@cornerstonejs/tools';

import type { WindowPreset } from '../api/types';
import { Camera } from './engine/camera';
import type { DisplayState } from './display/displayState';
import { drawOnProcessor, drawsOnProcessor, renderingEngine } from './engine/engine';
import { failureOf, sentenceOf } from './images/failures';
import { Grey } from './display/grey';
import { spacingOf } from './images/imageRegistry';
import { frameImageId, registerImage } from './images/loading';
import type { MarkGeometry } from './marks/kinds';
import { MarkLayer, type DrawnMark, type ShownMark } from './marks/layer';
import type { ImageStack, StackFrame } from './images/stacks';
import { createViewStore, INITIAL_VIEW, type LeftTool, type ViewState, type ViewStore } from './store';
import { createToolGroup, destroyToolGroup, setLeftTool } from './engine/toolGroups';

export interface ViewerGestures {
  onMarkDrawn?: (mark: DrawnMark) => void;
  onMarkChanged?: (id: string, geometry: MarkGeometry) => void;
}

export class ViewerController {
  readonly store: ViewStore = createViewStore();
  gestures: ViewerGestures = {};

  readonly camera: Camera;
  private readonly viewport: Types.IStackViewport;
  private readonly group: ToolTypes.IToolGroup;
  private readonly grey: Grey;
  private readonly marks: MarkLayer;
  private readonly element: HTMLDivElement;
  private stack: ImageStack | null = null;
  private shown: ShownMark[] = [];
  /** Grows with each stack asked for; a slower older one must not overwrite a newer. */
  private turn = 0;
  /** No picture of the stack has been shown: the first that comes, by whatever way, opens it. */
  private unopened = false;
  private firstImageMarked = false;

  constructor(element: HTMLDivElement, readonly id: string) {
    this.element = element;
    const engine = renderingEngine();
    engine.enableElement({ viewportId: id, element, type: Enums.ViewportType.STACK });
    this.viewport = engine.getViewport(id) as Types.IStackViewport;
    this.group = createToolGroup(`tools-${id}`, id, engine.id);
    this.marks = new MarkLayer(this.viewport, {
      onDrawn: (mark) => this.gestures.onMarkDrawn?.(mark),
      onChanged: (mark, geometry) => this.gestures.onMarkChanged?.(mark, geometry),
      onSelected: (mark) => this.patch({ selectedMark: mark }),
      onDrawingEnded: () => this.setTool('window'),
    });
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    element.addEventListener(Enums.Events.STACK_NEW_IMAGE, this.onNewImage);
    element.addEventListener(ToolEnums.Events.MOUSE_DOUBLE_CLICK, this.onDoubleClick);
    eventTarget.addEventListener(Enums.Events.IMAGE_LOAD_ERROR, this.onLoadError);
    this.camera = new Camera(this.viewport, element, this.store);
    this.grey = new Grey(this.viewport, this.store);
  }

  destroy(): void {
    this.turn += 1;
    this.camera.destroy();
    this.grey.destroy();
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    this.element.removeEventListener(Enums.Events.STACK_NEW_IMAGE, this.onNewImage);
    this.element.removeEventListener(ToolEnums.Events.MOUSE_DOUBLE_CLICK, this.onDoubleClick);
    eventTarget.removeEventListener(Enums.Events.IMAGE_LOAD_ERROR, this.onLoadError);
    this.marks.destroy();
    destroyToolGroup(`tools-${this.id}`);
    renderingEngine().disableElement(this.id);
  }

  /** Show a stack at one of its frames; the view starts fitted, as the image is meant to be seen, bone bright. */
  async showStack(stack: ImageStack, index = 0): Promise<void> {
    const turn = (this.turn += 1);
    this.stack = stack;
    this.unopened = true;
    this.marks.clear();
    this.patch({ ...INITIAL_VIEW, tool: this.state.tool, status: 'loading', stackId: stack.id, sliceCount: stack.frames.length });
    try {
      await Promise.all(instancesOf(stack).map((frame) => registerImage(frame.image)));
      if (turn !== this.turn) return;
      await this.viewport.setStack(stack.frames.map(frameImageId), index);
      if (turn !== this.turn) return;
      if (this.frameOnScreen() !== null) this.open();
    } catch (error) {
      if (turn === this.turn) this.patch({ status: 'failed', error: sentenceOf(error) });
    }
  }

  /** Nothing to show: forget the image, keep the viewport. */
  clear(): void {
    this.turn += 1;
    this.stack = null;
    this.marks.clear();
    this.patch({ ...INITIAL_VIEW, tool: this.state.tool });
  }

  /** Try again after a failure, by the processor if asked. */
  async retry(onProcessor: boolean): Promise<void> {
    if (onProcessor) drawOnProcessor();
    if (this.stack !== null) await this.showStack(this.stack, this.state.slice);
  }

  setMarks(marks: ShownMark[]): void {
    this.shown = marks;
    this.drawMarks();
  }

  selectMark(id: string | null): void {
    this.marks.select(id);
    this.patch({ selectedMark: id });
  }

  deleteSelectedMeasurement(): boolean {
    return this.marks.deleteSelectedMeasurement();
  }

  setTool(tool: LeftTool): void {
    setLeftTool(this.group, tool);
    this.patch({ tool });
  }

  /** Give up the mark that is being drawn, and go back to the window tool. */
  cancel(): void {
    cancelActiveManipulations(this.element);
    this.setTool('window');
    this.selectMark(null);
  }

  applyPreset(preset: WindowPreset): void {
    this.grey.choose(preset);
  }

  toggleInvert(): void {
    this.setInverted(!this.state.inverted);
    this.viewport.render();
  }

  /** Fit to the window, grey as the image is meant to be seen, bone bright, upright. */
  reset(): void {
    if (this.viewport.getCornerstoneImage() !== undefined) this.showAsMeant();
  }

  scrollTo(index: number): void {
    const last = this.state.sliceCount - 1;
    if (this.stack !== null) void this.viewport.setImageIdIndex(Math.min(Math.max(index, 0), last));
  }

  scrollBy(delta: number): void {
    this.scrollTo(this.state.slice + delta);
  }

  /** Take the keyboard back to the image. */
  focus(): void {
    this.element.focus({ preventScroll: true });
  }

  /** For the click of a workspace: a mouse on a button leaves the keyboard with the image; one that typed goes on. */
  readonly takeKeyboardBack = ({ detail, target }: { detail: number; target: EventTarget }): void => {
    if (detail === 0 || !(target instanceof Element)) return;
    if (target.closest('button') && !target.closest('[role="dialog"]')) this.focus();
  };

  /** Frame on screen, or null before the first picture. */
  currentFrame(): StackFrame | null {
    return this.stack?.frames[this.state.slice] ?? null;
  }

  displayState(): DisplayState {
    const frame = this.currentFrame();
    return {
      instance: frame?.image.instance ?? null,
      frame: frame?.frame ?? null,
      window_center: this.state.window?.center ?? null,
      window_width: this.state.window?.width ?? null,
      window_function: this.state.window?.function ?? null,
      window_name: this.state.viewName,
      inverted: this.state.inverted,
      scale: this.state.scale,
      viewport_px: [this.element.clientWidth, this.element.clientHeight],
      device_pixel_ratio: window.devicePixelRatio,
      drawn_by: drawsOnProcessor() ? 'cpu' : 'gpu',
      viewer_version: version,
    };
  }

  private get state(): ViewState {
    return this.store.getState();
  }

  private patch(part: Partial<ViewState>): void {
    // The picture of another case or stack must never stand while the next is on its way.
    if (part.status !== undefined) this.element.style.opacity = part.status === 'ready' ? '' : '0';
    this.store.setState(part);
  }

  private setInverted(inverted: boolean): void {
    this.grey.invert(inverted, this.currentFrame()?.image.photometric === 'MONOCHROME1');
  }

  /** The first picture of a stack: the library carries window, zoom, shift and turning over from the stack before. */
  private open(): void {
    this.unopened = false;
    this.showAsMeant();
  }

  private showAsMeant(): void {
    this.setInverted(false);
    this.grey.showDefault();
    this.camera.fit();
  }

  /** The frame whose picture stands in the viewport; null while that is still one before it, or of another stack. */
  private frameOnScreen(): StackFrame | null {
    const frame = this.stack?.frames[this.viewport.getCurrentImageIdIndex()];
    const picture = this.viewport.getCornerstoneImage();
    return frame !== undefined && picture?.imageId === frameImageId(frame) ? frame : null;
  }

  private readonly onRendered = () => {
    const frame = this.frameOnScreen();
    if (frame === null) return;
    // The frame that the stack was to begin with did not load: this one begins it.
    if (this.unopened) return this.open();
    if (!this.firstImageMarked) {
      performance.mark('labelhub:first-image');
      this.firstImageMarked = true;
    }
    this.patch({
      status: 'ready',
      error: null,
      imageId: frameImageId(frame),
      slice: this.viewport.getCurrentImageIdIndex(),
      window: this.grey.window(),
      scale: this.camera.scaleCss() * window.devicePixelRatio,
      runs: this.camera.runs(),
      spacing: spacingOf(frameImageId(frame)),
      photometric: frame.image.photometric,
    });
  };

  /** The library resolves a stack whose image failed, and only tells about it here. */
  private readonly onLoadError = (event: Event) => {
    const failure = failureOf(event);
    const imageId = this.viewport.getCurrentImageId() as string | undefined;
    if (this.stack === null || (failure.imageId !== null && failure.imageId !== imageId)) return;
    this.patch({ status: 'failed', error: sentenceOf(failure.error), slice: this.viewport.getCurrentImageIdIndex() });
  };

  private readonly onNewImage = () => {
    const imageId = this.viewport.getCurrentImageId() as string | undefined;
    if (imageId !== undefined && !this.unopened) this.grey.showOn(imageId);
    this.drawMarks();
  };

  private readonly onDoubleClick = () => this.camera.fit();

  private drawMarks(): void {
    const imageId = this.viewport.getCurrentImageId() as string | undefined;
    const frame = this.stack?.frames[this.viewport.getCurrentImageIdIndex()];
    if (imageId === undefined || frame === undefined || frameImageId(frame) !== imageId) return;
    const here = this.shown.filter((mark) => mark.instance === frame.image.instance && mark.frame === frame.frame);
    this.marks.show(here, imageId);
  }
}

function instancesOf(stack: ImageStack): StackFrame[] {
  const seen = new Set<string>();
  return stack.frames.filter(({ image }) => !seen.has(image.instance) && seen.add(image.instance));
}

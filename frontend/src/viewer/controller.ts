/** One viewport as the features see it: show a stack, change the view, draw boxes, tell what is on screen. */
import { Enums, eventTarget, utilities, version, type Types } from '@cornerstonejs/core';
import { Enums as ToolEnums, cancelActiveManipulations, type Types as ToolTypes } from '@cornerstonejs/tools';

import type { BoxGeometry, WindowPreset } from '../api/types';
import { BoxLayer, type ShownBox } from './boxLayer';
import type { DisplayState } from './displayState';
import { drawOnProcessor, drawsOnProcessor, renderingEngine } from './engine';
import { failureOf, sentenceOf } from './failures';
import { planeOf } from './imageRegistry';
import { frameImageId, registerImage } from './loading';
import { imageToWorld, type ImagePoint } from './mapping/plane';
import type { ImageStack, StackFrame } from './stacks';
import { createViewStore, INITIAL_VIEW, type LeftTool, type ViewState, type ViewStore } from './store';
import { createToolGroup, destroyToolGroup, setLeftTool } from './toolGroups';

/** Where on which image something was drawn. */
export interface BoxPlace {
  instance: string;
  frame: number;
  geometry: BoxGeometry;
}

export interface ViewerGestures {
  onBoxDrawn?: (place: BoxPlace) => void;
  onBoxChanged?: (id: string, geometry: BoxGeometry) => void;
}

export class ViewerController {
  readonly store: ViewStore = createViewStore();
  gestures: ViewerGestures = {};

  private readonly viewport: Types.IStackViewport;
  private readonly group: ToolTypes.IToolGroup;
  private readonly boxes: BoxLayer;
  private readonly element: HTMLDivElement;
  private readonly resize: ResizeObserver;
  private stack: ImageStack | null = null;
  private shown: ShownBox[] = [];
  /** Grows with each stack asked for; a slower older one must not overwrite a newer. */
  private turn = 0;
  private firstImageMarked = false;
  private frameRequest = 0;
  /** The view filled its element before the resize that is under way. */
  private refit = false;

  constructor(element: HTMLDivElement, readonly id: string) {
    this.element = element;
    const engine = renderingEngine();
    engine.enableElement({ viewportId: id, element, type: Enums.ViewportType.STACK });
    this.viewport = engine.getViewport(id) as Types.IStackViewport;
    this.group = createToolGroup(`tools-${id}`, id, engine.id);
    this.boxes = new BoxLayer(this.viewport, {
      onDrawn: (geometry) => this.reportDrawn(geometry),
      onChanged: (box, geometry) => this.gestures.onBoxChanged?.(box, geometry),
      onSelected: (box) => this.patch({ selectedBox: box }),
      onDrawingEnded: () => this.setTool('window'),
    });
    element.addEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    element.addEventListener(Enums.Events.STACK_NEW_IMAGE, this.onNewImage);
    element.addEventListener(ToolEnums.Events.MOUSE_DOUBLE_CLICK, this.onDoubleClick);
    eventTarget.addEventListener(Enums.Events.IMAGE_LOAD_ERROR, this.onLoadError);
    this.resize = new ResizeObserver(() => this.fitToElement());
    this.resize.observe(element);
  }

  destroy(): void {
    this.turn += 1;
    cancelAnimationFrame(this.frameRequest);
    this.resize.disconnect();
    this.element.removeEventListener(Enums.Events.IMAGE_RENDERED, this.onRendered);
    this.element.removeEventListener(Enums.Events.STACK_NEW_IMAGE, this.onNewImage);
    this.element.removeEventListener(ToolEnums.Events.MOUSE_DOUBLE_CLICK, this.onDoubleClick);
    eventTarget.removeEventListener(Enums.Events.IMAGE_LOAD_ERROR, this.onLoadError);
    this.boxes.destroy();
    destroyToolGroup(`tools-${this.id}`);
    renderingEngine().disableElement(this.id);
  }

  /** Show a stack at one of its frames; the view starts fitted, with the header's window and bone bright. */
  async showStack(stack: ImageStack, index = 0): Promise<void> {
    const turn = (this.turn += 1);
    this.stack = stack;
    this.boxes.clear();
    this.patch({ ...INITIAL_VIEW, tool: this.state.tool, status: 'loading', stackId: stack.id, sliceCount: stack.frames.length });
    try {
      await Promise.all(instancesOf(stack).map((frame) => registerImage(frame.image)));
      if (turn !== this.turn) return;
      await this.viewport.setStack(stack.frames.map(frameImageId), index);
      if (turn !== this.turn) return;
      this.viewport.render();
    } catch (error) {
      if (turn === this.turn) this.patch({ status: 'failed', error: sentenceOf(error) });
    }
  }

  /** Nothing to show: forget the image, keep the viewport. */
  clear(): void {
    this.turn += 1;
    this.stack = null;
    this.boxes.clear();
    this.patch({ ...INITIAL_VIEW, tool: this.state.tool });
  }

  /** Try again after a failure, by the processor if asked. */
  async retry(onProcessor: boolean): Promise<void> {
    if (onProcessor) drawOnProcessor();
    if (this.stack !== null) await this.showStack(this.stack, this.state.slice);
  }

  setBoxes(boxes: ShownBox[]): void {
    this.shown = boxes;
    this.drawBoxes();
  }

  selectBox(id: string | null): void {
    this.boxes.select(id);
    this.patch({ selectedBox: id });
  }

  deleteSelectedMeasurement(): boolean {
    return this.boxes.deleteSelectedMeasurement();
  }

  setTool(tool: LeftTool): void {
    setLeftTool(this.group, tool);
    this.patch({ tool });
  }

  /** Give up the mark that is being drawn, and go back to the window tool. */
  cancel(): void {
    cancelActiveManipulations(this.element);
    this.setTool('window');
    this.selectBox(null);
  }

  setWindow(center: number, width: number): void {
    const range = utilities.windowLevel.toLowHighRange(Math.max(width, 1), center);
    this.viewport.setProperties({ voiRange: range });
    this.viewport.render();
  }

  applyPreset(preset: WindowPreset): void {
    this.setWindow(preset.center, preset.width);
  }

  toggleInvert(): void {
    this.setInverted(!this.state.inverted);
    this.viewport.render();
  }

  /** Fit to the window, header window, bone bright, upright. */
  reset(): void {
    const image = this.viewport.getCornerstoneImage();
    if (image === undefined) return;
    const { windowCenter, windowWidth } = image;
    this.viewport.setProperties({
      voiRange: utilities.windowLevel.toLowHighRange(first(windowWidth), first(windowCenter)),
    });
    this.setInverted(false);
    this.fit();
  }

  fit(): void {
    this.viewport.resetCamera();
    this.patch({ rotation: 0, flippedHorizontally: false });
    this.viewport.render();
  }

  zoomBy(factor: number): void {
    this.viewport.setZoom(this.viewport.getZoom() * factor);
    this.viewport.render();
  }

  rotate(): void {
    const rotation = (this.state.rotation + 90) % 360;
    this.viewport.setViewPresentation({ rotation });
    this.patch({ rotation });
    this.viewport.render();
  }

  flip(): void {
    const flipped = !this.state.flippedHorizontally;
    this.viewport.setCamera({ flipHorizontal: flipped });
    this.patch({ flippedHorizontally: flipped });
    this.viewport.render();
  }

  scrollTo(index: number): void {
    const last = this.state.sliceCount - 1;
    if (this.stack !== null) void this.viewport.setImageIdIndex(Math.min(Math.max(index, 0), last));
  }

  scrollBy(delta: number): void {
    this.scrollTo(this.state.slice + delta);
  }

  /** Bring a part of the image to the middle, large enough to judge; used to look at one finding's marks. */
  zoomTo(region: BoxGeometry): void {
    const plane = planeOf(this.state.imageId ?? '');
    if (plane === null) return;
    this.viewport.resetCamera();
    const middle = this.canvasPoint({ x: region.x + region.width / 2, y: region.y + region.height / 2 });
    const shown = Math.max(region.width, region.height, 1) * this.scaleCss() * REGION_MARGIN;
    const room = Math.min(this.element.clientWidth, this.element.clientHeight);
    const zoom = Math.min(Math.max(room / shown, 1), MAX_REGION_ZOOM);
    const centre = [this.element.clientWidth / 2, this.element.clientHeight / 2];
    this.viewport.setZoom(zoom);
    this.viewport.setPan([(centre[0] - middle[0]) * zoom, (centre[1] - middle[1]) * zoom]);
    this.viewport.render();
  }

  /** Take the keyboard back to the image. */
  focus(): void {
    this.element.focus({ preventScroll: true });
  }

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
    const film = this.currentFrame()?.image.photometric === 'MONOCHROME1';
    // Cornerstone's flag counts from the stored values; a MONOCHROME1 film is inverted to show bone bright.
    this.viewport.setProperties({ invert: film !== inverted });
    this.patch({ inverted });
  }

  private readonly onRendered = () => {
    const imageId = this.viewport.getCurrentImageId();
    const image = this.viewport.getCornerstoneImage();
    if (this.stack === null || image === undefined || image.imageId !== imageId) return;
    if (!this.firstImageMarked) {
      performance.mark('labelhub:first-image');
      this.firstImageMarked = true;
    }
    const frame = this.stack.frames[this.viewport.getCurrentImageIdIndex()];
    if (frame === undefined) return;
    this.patch({
      status: 'ready',
      error: null,
      imageId,
      slice: this.viewport.getCurrentImageIdIndex(),
      window: this.currentWindow(),
      scale: this.scaleCss() * window.devicePixelRatio,
      spacing: frame.image.spacing,
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

  /** A view that fills its element goes on filling it; one that the reader has moved or enlarged stays as it is. */
  private fitToElement(): void {
    this.refit = this.refit || this.isFitted();
    cancelAnimationFrame(this.frameRequest);
    // The engine puts a resize off while a drawing is pending; only in the frame after it do the new sizes hold.
    this.frameRequest = requestAnimationFrame(() => {
      renderingEngine().resize(true, true);
      this.frameRequest = requestAnimationFrame(() => {
        if (this.refit) this.viewport.resetCamera();
        this.refit = false;
        this.viewport.render();
      });
    });
  }

  private isFitted(): boolean {
    const { rotation, flippedHorizontally } = this.state;
    const [panX, panY] = this.viewport.getPan();
    const isCentred = Math.hypot(panX, panY) < 1 && Math.abs(this.viewport.getZoom() - 1) < 0.01;
    return isCentred && rotation === 0 && !flippedHorizontally;
  }

  private readonly onNewImage = () => this.drawBoxes();

  private readonly onDoubleClick = () => this.fit();

  private drawBoxes(): void {
    const imageId = this.viewport.getCurrentImageId() as string | undefined;
    const frame = this.stack?.frames[this.viewport.getCurrentImageIdIndex()];
    if (imageId === undefined || frame === undefined || frameImageId(frame) !== imageId) return;
    const here = this.shown.filter((box) => box.instance === frame.image.instance && box.frame === frame.frame);
    this.boxes.show(here, imageId);
  }

  private reportDrawn(geometry: BoxGeometry): void {
    const frame = this.currentFrame();
    if (frame !== null) this.gestures.onBoxDrawn?.({ instance: frame.image.instance, frame: frame.frame, geometry });
  }

  private currentWindow(): ViewState['window'] {
    const range = this.viewport.getProperties().voiRange;
    if (!range) return null; // before the first image the viewport says null
    const { windowCenter, windowWidth } = utilities.windowLevel.toWindowLevel(range.lower, range.upper);
    return { center: windowCenter, width: windowWidth };
  }

  private canvasPoint(point: ImagePoint): Types.Point2 {
    const plane = planeOf(this.viewport.getCurrentImageId());
    return plane === null ? [0, 0] : this.viewport.worldToCanvas(imageToWorld(point, plane));
  }

  /** Page pixels for one image pixel. */
  private scaleCss(): number {
    const [from, to] = [this.canvasPoint({ x: 0, y: 0 }), this.canvasPoint({ x: 100, y: 0 })];
    return Math.hypot(to[0] - from[0], to[1] - from[1]) / 100;
  }
}

/** A region fills at most this share of the view, and is enlarged at most so much. */
const REGION_MARGIN = 2.2;
const MAX_REGION_ZOOM = 6;

function instancesOf(stack: ImageStack): StackFrame[] {
  const seen = new Set<string>();
  return stack.frames.filter(({ image }) => !seen.has(image.instance) && seen.add(image.instance));
}

function first(value: number | number[]): number {
  return Array.isArray(value) ? value[0] : value;
}

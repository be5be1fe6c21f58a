/** How the image lies in its view: fitted, enlarged, turned, mirrored. */
import type { Types } from '@cornerstonejs/core';

import type { BoxGeometry } from '../../api/types';
import { renderingEngine } from './engine';
import { planeOf } from '../images/imageRegistry';
import { edgeTowards, type Runs } from '../mapping/orientation';
import { imageToWorld, type ImagePoint } from '../mapping/plane';
import type { ViewStore } from '../store';

/** A region fills at most this share of the view, and is enlarged at most so much. */
const REGION_MARGIN = 2.2;
const MAX_REGION_ZOOM = 6;

const ORIGIN: ImagePoint = { x: 0, y: 0 };

export class Camera {
  private readonly resize: ResizeObserver;
  private frameRequest = 0;
  /** The view filled its element before the resize that is under way, and the reader has not turned to it since. */
  private refit = false;

  constructor(
    private readonly viewport: Types.IStackViewport,
    private readonly element: HTMLDivElement,
    private readonly store: ViewStore,
  ) {
    this.resize = new ResizeObserver(() => this.fitToElement());
    this.resize.observe(element);
  }

  destroy(): void {
    cancelAnimationFrame(this.frameRequest);
    this.resize.disconnect();
  }

  fit(): void {
    this.viewport.resetCamera();
    this.store.setState({ rotation: 0, flippedHorizontally: false });
    this.viewport.render();
  }

  zoomBy(factor: number): void {
    this.refit = false;
    this.viewport.setZoom(this.viewport.getZoom() * factor);
    this.viewport.render();
  }

  rotate(): void {
    this.refit = false;
    const rotation = (this.store.getState().rotation + 90) % 360;
    this.viewport.setViewPresentation({ rotation });
    this.store.setState({ rotation });
    this.viewport.render();
  }

  flip(): void {
    this.refit = false;
    const flipped = !this.store.getState().flippedHorizontally;
    this.viewport.setCamera({ flipHorizontal: flipped });
    this.store.setState({ flippedHorizontally: flipped });
    this.viewport.render();
  }

  /** Bring a part of the image to the middle, large enough to judge; used to look at one finding's marks. */
  zoomTo(region: BoxGeometry): void {
    if (planeOf(this.viewport.getCurrentImageId()) === null) return;
    this.refit = false;
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

  /** Page pixels for one image pixel. */
  scaleCss(): number {
    const [from, to] = [this.canvasPoint(ORIGIN), this.canvasPoint({ x: 100, y: 0 })];
    return Math.hypot(to[0] - from[0], to[1] - from[1]) / 100;
  }

  /** Read off the screen, since the library turns and mirrors in an order of its own. */
  runs(): Runs {
    const [origin, along, down] = [this.canvasPoint(ORIGIN), this.canvasPoint({ x: 100, y: 0 }), this.canvasPoint({ x: 0, y: 100 })];
    return {
      rows: edgeTowards([along[0] - origin[0], along[1] - origin[1]]),
      columns: edgeTowards([down[0] - origin[0], down[1] - origin[1]]),
    };
  }

  private canvasPoint(point: ImagePoint): Types.Point2 {
    const plane = planeOf(this.viewport.getCurrentImageId());
    return plane === null ? [0, 0] : this.viewport.worldToCanvas(imageToWorld(point, plane));
  }

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
    const { rotation, flippedHorizontally } = this.store.getState();
    const [panX, panY] = this.viewport.getPan();
    const isCentred = Math.hypot(panX, panY) < 1 && Math.abs(this.viewport.getZoom() - 1) < 0.01;
    return isCentred && rotation === 0 && !flippedHorizontally;
  }
}

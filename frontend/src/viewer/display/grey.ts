/** How grey a viewport is drawn: each image as it is meant to be seen, until the reader chooses for herself. */
import { Enums, type Types } from '@cornerstonejs/core';

import type { WindowPreset } from '../../api/types';
import type { GreyView } from './display';
import { drawByWindow, rangeOnScreen, setInverted, showGrey } from './greyScale';
import { windowOf, type GreyRange, type GreyWindow } from './window';
import { defaultViewOf, namedViewOf } from '../images/imageRegistry';
import type { ViewStore } from '../store';

export class Grey {
  private shown: GreyView | null = null;
  private isOwn = false;
  /** The image that was drawn by `shown`: what the library changes on the way to another is not the reader's doing. */
  private imageId: string | null = null;
  /** Of the window that was drawn; another one on the screen is a hand's. */
  private range: GreyRange | null = null;

  constructor(
    private readonly viewport: Types.IStackViewport,
    private readonly store: ViewStore,
  ) {
    viewport.element.addEventListener(Enums.Events.VOI_MODIFIED, this.onModified);
  }

  destroy(): void {
    this.viewport.element.removeEventListener(Enums.Events.VOI_MODIFIED, this.onModified);
  }

  /** The window or table that this image opens with. */
  showDefault(): void {
    this.isOwn = false;
    this.draw(defaultViewOf(this.viewport.getCurrentImageId()));
  }

  /** Another image of the stack: its own default, or what the reader chose, by name where the image offers it too. */
  showOn(imageId: string): void {
    if (!this.isOwn) return this.draw(defaultViewOf(imageId));
    const named = this.shown === null ? null : namedViewOf(imageId, this.shown.name);
    this.draw(named ?? this.kept());
  }

  choose(preset: WindowPreset): void {
    this.isOwn = true;
    this.draw(namedViewOf(this.viewport.getCurrentImageId(), preset.name) ?? windowView(preset));
    this.viewport.render();
  }

  /** `isFilm`: MONOCHROME1, where low values are bright. */
  invert(inverted: boolean, isFilm: boolean): void {
    setInverted(this.viewport, inverted, isFilm);
    this.store.setState({ inverted });
  }

  /** What is drawn, as the header says it or the reader has chosen it; null for colour, and before the image is drawn. */
  window(): GreyWindow | null {
    if (this.shown === null || this.imageId !== this.viewport.getCurrentImageId()) return null;
    const { center, width, function: kind } = this.shown;
    return { center, width, function: kind };
  }

  /** The reader's choice for an image that does not offer it by name; of a table only its ends are left. */
  private kept(): GreyView | null {
    if (this.shown === null || this.shown.table !== null) return this.ownWindow();
    return { ...this.shown, name: '' };
  }

  private ownWindow(): GreyView | null {
    const range = rangeOnScreen(this.viewport);
    if (range === null) return null;
    const kind = this.shown === null || this.shown.function === 'LUT' ? 'LINEAR' : this.shown.function;
    return windowView(windowOf(range, kind));
  }

  private draw(view: GreyView | null): void {
    if (view !== null) showGrey(this.viewport, view);
    this.remember(view);
  }

  private remember(view: GreyView | null): void {
    this.shown = view;
    this.imageId = this.viewport.getCurrentImageId();
    this.range = rangeOnScreen(this.viewport);
    this.store.setState({ viewName: view === null || view.name === '' ? null : view.name });
  }

  /** A hand dragged the window: it is the reader's from now on, and leaves a table for a plain window. */
  private readonly onModified = () => {
    if (this.imageId !== this.viewport.getCurrentImageId()) return;
    const [own, range] = [this.ownWindow(), rangeOnScreen(this.viewport)];
    // Turning the greys round is told as a change of the window too.
    if (own === null || (range?.lower === this.range?.lower && range?.upper === this.range?.upper)) return;
    if (this.shown?.function === 'LUT') drawByWindow(this.viewport, own);
    this.isOwn = true;
    this.remember(own);
  };
}

function windowView({ center, width, function: kind }: GreyWindow): GreyView {
  return { name: '', center, width, function: kind, table: null };
}

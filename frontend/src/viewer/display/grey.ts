/** How grey a viewport is drawn: each image as it is meant to be seen, until the reader chooses for herself. */
import { Enums, type Types } from '@cornerstonejs/core';

import type { WindowPreset } from '../../api/types';
import type { GreyView } from './display';
import { drawByWindow, setInverted, showGrey, windowOf } from './greyScale';
import { defaultViewOf, namedViewOf } from '../images/imageRegistry';
import type { ViewStore } from '../store';

export class Grey {
  private shown: GreyView | null = null;
  private isOwn = false;
  /** The image that was drawn by `shown`: what the library changes on the way to another is not the reader's doing. */
  private imageId: string | null = null;
  private window: { center: number; width: number } | null = null;

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
    this.draw(named ?? this.ownWindow());
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

  private ownWindow(): GreyView | null {
    const window = windowOf(this.viewport);
    return window === null ? null : { ...windowView(window), function: this.shown?.function === 'SIGMOID' ? 'SIGMOID' : 'LINEAR' };
  }

  private draw(view: GreyView | null): void {
    if (view !== null) showGrey(this.viewport, view);
    this.remember(view);
  }

  private remember(view: GreyView | null): void {
    this.shown = view;
    this.imageId = this.viewport.getCurrentImageId();
    this.window = windowOf(this.viewport);
    this.store.setState({ viewName: view === null || view.name === '' ? null : view.name });
  }

  /** A hand dragged the window: it is the reader's from now on, and leaves a table for a plain window. */
  private readonly onModified = () => {
    if (this.imageId !== this.viewport.getCurrentImageId()) return;
    const own = this.ownWindow();
    // Turning the greys round is told as a change of the window too.
    if (own === null || (own.center === this.window?.center && own.width === this.window.width)) return;
    if (this.shown?.function === 'LUT') drawByWindow(this.viewport, own);
    this.isOwn = true;
    this.remember(own);
  };
}

function windowView({ center, width }: { center: number; width: number }): GreyView {
  return { name: '', center, width, function: 'LINEAR', table: null };
}

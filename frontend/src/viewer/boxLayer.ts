/** Keeps Cornerstone's rectangles equal to the boxes a feature gives, and reports what a hand draws or moves. */
import { annotation as annotations, Enums, utilities as toolUtilities, type Types as ToolTypes } from '@cornerstonejs/tools';
import { eventTarget, type Types } from '@cornerstonejs/core';

import type { BoxGeometry } from '../api/types';
import { planeOf } from './imageRegistry';
import { boxToHandles, handlesToBox, sameBox } from './mapping/rectangle';
import type { Vec3 } from './mapping/plane';
import { FindingBoxTool } from './tools/FindingBoxTool';
import { SourcedLengthTool } from './tools/SourcedLengthTool';

/** A box to draw. `instance` and `frame` say where; the viewer shows those of the image on screen. */
export interface ShownBox {
  id: string;
  instance: string;
  frame: number;
  geometry: BoxGeometry;
  label: string;
  colour: string;
  locked: boolean;
  dashed: boolean;
}

export interface BoxGestures {
  onDrawn: (geometry: BoxGeometry) => void;
  onChanged: (id: string, geometry: BoxGeometry) => void;
  onSelected: (id: string | null) => void;
  onDrawingEnded: () => void;
}

type RectangleAnnotation = ToolTypes.Annotation & { data: { handles: { points: Vec3[] } } };

export class BoxLayer {
  /** Geometry as the feature gave it, by id, for what is drawn now. */
  private placed = new Map<string, BoxGeometry>();
  private touched = new Set<string>();
  private readonly dispose: () => void;

  constructor(
    private readonly viewport: Types.IStackViewport,
    private readonly gestures: BoxGestures,
  ) {
    const completed = (event: Event) => this.completed(event);
    const modified = (event: Event) => this.modified(event);
    const selected = () => this.selectionChanged();
    const released = () => window.setTimeout(() => this.flushTouched(), 0);
    eventTarget.addEventListener(Enums.Events.ANNOTATION_COMPLETED, completed);
    eventTarget.addEventListener(Enums.Events.ANNOTATION_MODIFIED, modified);
    eventTarget.addEventListener(Enums.Events.ANNOTATION_SELECTION_CHANGE, selected);
    window.addEventListener('pointerup', released, true);
    this.dispose = () => {
      eventTarget.removeEventListener(Enums.Events.ANNOTATION_COMPLETED, completed);
      eventTarget.removeEventListener(Enums.Events.ANNOTATION_MODIFIED, modified);
      eventTarget.removeEventListener(Enums.Events.ANNOTATION_SELECTION_CHANGE, selected);
      window.removeEventListener('pointerup', released, true);
    };
  }

  /** Draw exactly these boxes; all must lie on the image now shown. */
  show(boxes: ShownBox[], imageId: string): void {
    const wanted = new Set(boxes.map((box) => box.id));
    [...this.placed.keys()].filter((id) => !wanted.has(id)).forEach((id) => this.remove(id));
    boxes.forEach((box) => this.place(box, imageId));
    this.redraw();
  }

  select(id: string | null): void {
    annotations.selection.deselectAnnotation();
    if (id !== null && this.placed.has(id)) annotations.selection.setAnnotationSelected(id, true);
    this.redraw();
  }

  clearMeasurements(): void {
    const uids = annotations.state
      .getAllAnnotations()
      .filter((entry) => entry.metadata?.toolName === SourcedLengthTool.toolName)
      .map((entry) => entry.annotationUID ?? '');
    uids.forEach((uid) => annotations.state.removeAnnotation(uid));
    if (uids.length > 0) this.redraw();
  }

  /** Remove the measurement that is selected, if one is. */
  deleteSelectedMeasurement(): boolean {
    const uid = annotations.selection.getAnnotationsSelected().find((id) => !this.placed.has(id));
    if (uid === undefined) return false;
    annotations.state.removeAnnotation(uid);
    this.redraw();
    return true;
  }

  clear(): void {
    [...this.placed.keys()].forEach((id) => this.remove(id));
    this.clearMeasurements();
  }

  destroy(): void {
    this.clear();
    this.dispose();
  }

  private place(box: ShownBox, imageId: string): void {
    const plane = planeOf(imageId);
    if (plane === null) return;
    const drawn = this.placed.get(box.id);
    if (drawn !== undefined && sameBox(drawn, box.geometry) && this.existing(box.id)?.data.label === box.label) {
      this.style(box);
      return;
    }
    if (drawn !== undefined) this.remove(box.id);
    const entry = {
      annotationUID: box.id,
      invalidated: true,
      highlighted: false,
      isLocked: box.locked,
      isVisible: true,
      metadata: {
        ...this.viewport.getViewReference(),
        toolName: FindingBoxTool.toolName,
        referencedImageId: imageId,
      },
      data: {
        label: box.label,
        cachedStats: {},
        handles: { points: boxToHandles(box.geometry, plane), activeHandleIndex: null },
      },
    } as unknown as ToolTypes.Annotation;
    annotations.state.addAnnotation(entry, this.viewport.element);
    if (box.locked) annotations.locking.setAnnotationLocked(box.id, true);
    this.placed.set(box.id, box.geometry);
    this.style(box);
  }

  private style(box: ShownBox): void {
    annotations.config.style.setAnnotationStyles(box.id, {
      color: box.colour,
      colorHighlighted: box.colour,
      colorSelected: '#ffffff',
      colorLocked: box.colour,
      lineWidth: '1.5',
      lineWidthSelected: '2.5',
      lineDash: box.dashed ? '5,4' : '',
      lineDashLocked: box.dashed ? '5,4' : '',
      lineDashSelected: '',
    });
  }

  private remove(id: string): void {
    annotations.state.removeAnnotation(id);
    this.placed.delete(id);
  }

  private existing(id: string): RectangleAnnotation | undefined {
    return annotations.state.getAnnotation(id) as RectangleAnnotation | undefined;
  }

  private completed(event: Event): void {
    const entry = annotationOf(event);
    if (entry === null) return;
    this.gestures.onDrawingEnded();
    if (entry.metadata?.toolName !== FindingBoxTool.toolName || this.placed.has(entry.annotationUID ?? '')) return;
    const box = this.geometryOf(entry);
    // The feature decides whether it becomes a mark; if so the box comes back through show() with its own id.
    annotations.state.removeAnnotation(entry.annotationUID ?? '');
    this.redraw();
    if (box !== null) this.gestures.onDrawn(box);
  }

  private modified(event: Event): void {
    const uid = annotationOf(event)?.annotationUID;
    if (uid !== undefined && this.placed.has(uid)) this.touched.add(uid);
  }

  /** A drag reports once, when the button is let go: one change for undo and for saving. */
  private flushTouched(): void {
    const ids = [...this.touched];
    this.touched.clear();
    ids.forEach((id) => {
      const entry = this.existing(id);
      const before = this.placed.get(id);
      if (entry === undefined || before === undefined) return;
      const box = this.geometryOf(entry);
      if (box !== null && sameBox(box, before)) return;
      // Forget the placed geometry, so that show() puts the box where the feature says, also when it refuses.
      this.placed.set(id, { x: NaN, y: NaN, width: NaN, height: NaN });
      this.gestures.onChanged(id, box ?? before);
    });
  }

  private selectionChanged(): void {
    const selected = annotations.selection.getAnnotationsSelected().find((id) => this.placed.has(id));
    this.gestures.onSelected(selected ?? null);
  }

  private geometryOf(entry: RectangleAnnotation): BoxGeometry | null {
    const plane = planeOf(entry.metadata?.referencedImageId ?? '');
    return plane === null ? null : handlesToBox(entry.data.handles.points, plane);
  }

  private redraw(): void {
    toolUtilities.triggerAnnotationRenderForViewportIds([this.viewport.id]);
  }
}

function annotationOf(event: Event): RectangleAnnotation | null {
  const detail = (event as CustomEvent<{ annotation?: RectangleAnnotation }>).detail;
  return detail.annotation ?? null;
}

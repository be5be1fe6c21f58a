/**
 * Keeps the library's annotations of one viewport equal to the marks a feature gives, and reports what a hand draws or
 * moves there. The library tells every listener of every annotation: only those added in this viewport are its own.
 */
import { annotation as annotations, Enums, utilities as toolUtilities, type Types as ToolTypes } from '@cornerstonejs/tools';
import { eventTarget, type Types } from '@cornerstonejs/core';

import { planeOf, placeOf } from '../images/imageRegistry';
import type { Vec3 } from '../mapping/plane';
import { kindOfTool, MARK_KINDS, type MarkGeometry, type MarkKindName } from './kinds';

/** A mark to draw. `instance` and `frame` say where; the viewer shows those of the image on screen. */
export interface ShownMark {
  id: string;
  kind: MarkKindName;
  instance: string;
  frame: number;
  geometry: MarkGeometry;
  label: string;
  colour: string;
  locked: boolean;
  dashed: boolean;
}

/** What was drawn, and on which frame of which instance. */
export interface DrawnMark {
  kind: MarkKindName;
  instance: string;
  frame: number;
  geometry: MarkGeometry;
}

export interface MarkGestures {
  onDrawn: (mark: DrawnMark) => void;
  onChanged: (id: string, geometry: MarkGeometry) => void;
  onSelected: (id: string | null) => void;
  onDrawingEnded: () => void;
}

type HandledAnnotation = ToolTypes.Annotation & { data: { handles: { points: Vec3[] } } };

export class MarkLayer {
  /** Annotations that were added in this viewport: marks and measurements. */
  private readonly own = new Set<string>();
  /** Geometry as the feature gave it, by id, for what is drawn now. */
  private placed = new Map<string, MarkGeometry>();
  private touched = new Set<string>();
  private readonly dispose: () => void;

  constructor(
    private readonly viewport: Types.IStackViewport,
    private readonly gestures: MarkGestures,
  ) {
    const { ANNOTATION_ADDED, ANNOTATION_COMPLETED, ANNOTATION_MODIFIED, ANNOTATION_SELECTION_CHANGE } = Enums.Events;
    const released = () => window.setTimeout(() => this.flushTouched(), 0);
    const listeners: [string, (event: Event) => void][] = [
      [ANNOTATION_ADDED, (event) => this.added(event)],
      [ANNOTATION_COMPLETED, (event) => this.completed(event)],
      [ANNOTATION_MODIFIED, (event) => this.modified(event)],
      [ANNOTATION_SELECTION_CHANGE, () => this.selectionChanged()],
    ];
    listeners.forEach(([name, listen]) => eventTarget.addEventListener(name, listen));
    window.addEventListener('pointerup', released, true);
    this.dispose = () => {
      listeners.forEach(([name, listen]) => eventTarget.removeEventListener(name, listen));
      window.removeEventListener('pointerup', released, true);
    };
  }

  /** Draw exactly these marks; all must lie on the image now shown. */
  show(marks: ShownMark[], imageId: string): void {
    const wanted = new Set(marks.map((mark) => mark.id));
    [...this.placed.keys()].filter((id) => !wanted.has(id)).forEach((id) => this.remove(id));
    marks.forEach((mark) => this.place(mark, imageId));
    this.redraw();
  }

  select(id: string | null): void {
    annotations.selection.deselectAnnotation();
    if (id !== null && this.placed.has(id)) annotations.selection.setAnnotationSelected(id, true);
    this.redraw();
  }

  /** Remove the measurement that is selected, if one is. */
  deleteSelectedMeasurement(): boolean {
    const uid = annotations.selection.getAnnotationsSelected().find((id) => this.own.has(id) && !this.placed.has(id));
    if (uid === undefined) return false;
    this.remove(uid);
    this.redraw();
    return true;
  }

  /** Remove every mark and measurement of this viewport. */
  clear(): void {
    if (this.own.size === 0) return;
    [...this.own].forEach((id) => this.remove(id));
    this.redraw();
  }

  destroy(): void {
    this.clear();
    this.dispose();
  }

  private place(mark: ShownMark, imageId: string): void {
    const plane = planeOf(imageId);
    if (plane === null) return;
    const kind = MARK_KINDS[mark.kind];
    const drawn = this.placed.get(mark.id);
    if (drawn !== undefined && kind.same(drawn, mark.geometry) && this.existing(mark.id)?.data.label === mark.label) {
      this.style(mark);
      return;
    }
    if (drawn !== undefined) this.remove(mark.id);
    const entry = {
      annotationUID: mark.id,
      invalidated: true,
      highlighted: false,
      isLocked: mark.locked,
      isVisible: true,
      metadata: {
        ...this.viewport.getViewReference(),
        toolName: kind.toolName,
        referencedImageId: imageId,
      },
      data: {
        label: mark.label,
        cachedStats: {},
        handles: { points: kind.toHandles(mark.geometry, plane), activeHandleIndex: null },
      },
    } as unknown as ToolTypes.Annotation;
    annotations.state.addAnnotation(entry, this.viewport.element);
    if (mark.locked) annotations.locking.setAnnotationLocked(mark.id, true);
    this.placed.set(mark.id, mark.geometry);
    this.style(mark);
  }

  private style(mark: ShownMark): void {
    annotations.config.style.setAnnotationStyles(mark.id, {
      color: mark.colour,
      colorHighlighted: mark.colour,
      colorSelected: '#ffffff',
      colorLocked: mark.colour,
      lineWidth: '1.5',
      lineWidthSelected: '2.5',
      lineDash: mark.dashed ? '5,4' : '',
      lineDashLocked: mark.dashed ? '5,4' : '',
      lineDashSelected: '',
    });
  }

  private remove(id: string): void {
    annotations.state.removeAnnotation(id);
    this.placed.delete(id);
    this.own.delete(id);
  }

  private existing(id: string): HandledAnnotation | undefined {
    return annotations.state.getAnnotation(id) as HandledAnnotation | undefined;
  }

  private added(event: Event): void {
    const { annotation, viewportId } = detailOf(event);
    if (viewportId === this.viewport.id && annotation?.annotationUID !== undefined) this.own.add(annotation.annotationUID);
  }

  private completed(event: Event): void {
    const entry = detailOf(event).annotation;
    const uid = entry?.annotationUID;
    if (entry === undefined || uid === undefined || !this.own.has(uid)) return;
    this.gestures.onDrawingEnded();
    const kind = kindOfTool(entry.metadata?.toolName);
    if (kind === null || this.placed.has(uid)) return;
    const place = placeOf(entry.metadata?.referencedImageId ?? '');
    const geometry = geometryOf(entry, kind);
    // The feature decides whether it becomes a mark; if so it comes back through show() with its own id.
    this.remove(uid);
    this.redraw();
    if (geometry !== null && place !== null) this.gestures.onDrawn({ kind, ...place, geometry });
  }

  private modified(event: Event): void {
    const uid = detailOf(event).annotation?.annotationUID;
    if (uid !== undefined && this.placed.has(uid)) this.touched.add(uid);
  }

  /** A drag reports once, when the button is let go: one change for undo and for saving. */
  private flushTouched(): void {
    const ids = [...this.touched];
    this.touched.clear();
    ids.forEach((id) => {
      const entry = this.existing(id);
      const before = this.placed.get(id);
      const kind = kindOfTool(entry?.metadata?.toolName);
      if (entry === undefined || before === undefined || kind === null) return;
      const geometry = geometryOf(entry, kind);
      if (geometry !== null && MARK_KINDS[kind].same(geometry, before)) return;
      // Forget the placed geometry, so that show() puts the mark where the feature says, also when it refuses.
      this.placed.set(id, { x: NaN, y: NaN, width: NaN, height: NaN });
      this.gestures.onChanged(id, geometry ?? before);
    });
  }

  private selectionChanged(): void {
    const selected = annotations.selection.getAnnotationsSelected().find((id) => this.placed.has(id));
    this.gestures.onSelected(selected ?? null);
  }

  private redraw(): void {
    toolUtilities.triggerAnnotationRenderForViewportIds([this.viewport.id]);
  }
}

function geometryOf(entry: HandledAnnotation, kind: MarkKindName): MarkGeometry | null {
  const plane = planeOf(entry.metadata?.referencedImageId ?? '');
  return plane === null ? null : MARK_KINDS[kind].fromHandles(entry.data.handles.points, plane);
}

function detailOf(event: Event): { annotation?: HandledAnnotation; viewportId?: string } {
  return (event as CustomEvent<{ annotation?: HandledAnnotation; viewportId?: string }>).detail;
}

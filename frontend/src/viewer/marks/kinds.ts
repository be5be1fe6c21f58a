/** The kinds of marks that the viewer draws: which tool draws one, and how its handles become geometry. One entry a kind. */
import type { BoxAnnotation, BoxGeometry } from '../../api/types';
import type { ImagePlane, Vec3 } from '../mapping/plane';
import { boxToHandles, handlesToBox, sameBox } from './box';
import { FindingBoxTool } from './FindingBoxTool';

export type MarkKindName = BoxAnnotation['kind'];
export type MarkGeometry = BoxGeometry;

export interface MarkKind {
  toolName: string;
  toHandles: (geometry: MarkGeometry, plane: ImagePlane) => Vec3[];
  /** Geometry in image space, or null where nothing that could be a mark lies inside the image. */
  fromHandles: (handles: Vec3[], plane: ImagePlane) => MarkGeometry | null;
  same: (a: MarkGeometry, b: MarkGeometry) => boolean;
}

export const MARK_KINDS: Record<MarkKindName, MarkKind> = {
  box: { toolName: FindingBoxTool.toolName, toHandles: boxToHandles, fromHandles: handlesToBox, same: sameBox },
};

/** The kind that a tool of the library draws; null for a measurement. */
export function kindOfTool(toolName: string | undefined): MarkKindName | null {
  const names = Object.keys(MARK_KINDS) as MarkKindName[];
  return names.find((name) => MARK_KINDS[name].toolName === toolName) ?? null;
}

/** Which images a reader scrolls through as one stack, and in which order. Pure. */
import type { CaseImage } from '../api/types';

/** One frame of one instance; frames are counted from 1. */
export interface StackFrame {
  image: CaseImage;
  frame: number;
}

export interface ImageStack {
  /** Unique within the case and stable over reloads. */
  id: string;
  label: string;
  frames: StackFrame[];
}

/** Projection images stand alone: each view has its own window and is not scrolled into the next. */
const PROJECTION_MODALITIES = new Set(['CR', 'DX', 'MG', 'RG', 'PX', 'IO', 'OT', 'SC', 'XC']);

export function stacksOf(images: CaseImage[]): ImageStack[] {
  const stacks = new Map<string, ImageStack>();
  images.forEach((image) => {
    const id = stackId(image);
    const stack = stacks.get(id) ?? { id, label: stackLabel(image), frames: [] };
    for (let frame = 1; frame <= Math.max(1, image.n_frames); frame += 1) stack.frames.push({ image, frame });
    stacks.set(id, stack);
  });
  return [...stacks.values()];
}

/** Names a frame within the case. */
export function frameKey({ image, frame }: StackFrame): string {
  return `${image.instance}/${frame}`;
}

/** Place of an instance's frame in its stack; -1 when it is not there. */
export function frameIndex(stack: ImageStack, instance: string, frame: number): number {
  return stack.frames.findIndex((entry) => entry.image.instance === instance && entry.frame === frame);
}

/** The frames to load ahead: those next to the one on screen first, then what the other stacks begin with. */
export function loadingOrder(stack: ImageStack, index: number, others: ImageStack[]): StackFrame[] {
  const near = stack.frames
    .map((frame, place) => ({ frame, distance: Math.abs(place - index) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ frame }) => frame);
  return [...near, ...others.map((other) => other.frames[0])];
}

function stackId(image: CaseImage): string {
  if (PROJECTION_MODALITIES.has(image.modality) || image.n_frames > 1) return image.instance;
  // Images of one series that differ in size or polarity cannot share one window and one camera.
  return [image.series, image.rows, image.columns, image.photometric].join('/');
}

function stackLabel(image: CaseImage): string {
  return image.series_label || image.modality;
}

/** Which images a reader scrolls through as one stack, and in which order. Pure. */
import type { CaseImage } from '../../api/types';
import { plural } from '../../lib/format';
import { imageName } from './names';

/** One frame of one instance; frames are counted from 1. */
export interface StackFrame {
  image: CaseImage;
  frame: number;
}

export interface ImageStack {
  /** Unique within the case and stable over reloads. */
  id: string;
  /** What a reader calls it: the view of a film, else the series. */
  label: string;
  /** What else there is to say of it: the series of a film, the number of images. */
  detail: string;
  frames: StackFrame[];
}

/** Projection images stand alone: each view has its own window and is not scrolled into the next. */
const PROJECTION_MODALITIES = new Set(['CR', 'DX', 'MG', 'RG', 'PX', 'IO', 'OT', 'SC', 'XC']);

export function stacksOf(images: CaseImage[]): ImageStack[] {
  const stacks = new Map<string, CaseImage[]>();
  images.forEach((image) => {
    const members = stacks.get(stackId(image));
    if (members === undefined) stacks.set(stackId(image), [image]);
    else members.push(image);
  });
  const labels = numbered([...stacks.values()].map(([first]) => imageName(first)));
  return [...stacks].map(([id, members], place) => {
    const frames = members.flatMap(framesOf);
    const series = members[0].series_label;
    const detail = [labels[place].startsWith(series) ? '' : series, frames.length > 1 ? plural(frames.length, 'image') : ''];
    return { id, label: labels[place], detail: detail.filter(Boolean).join(', '), frames };
  });
}

/** The frames of an instance in the order in which they are read. */
function framesOf(image: CaseImage): StackFrame[] {
  const stored = Array.from({ length: Math.max(1, image.n_frames) }, (_, place) => place + 1);
  return (image.frame_order.length > 0 ? image.frame_order : stored).map((frame) => ({ image, frame }));
}

/** Names that stand more than once are counted, so that each can be spoken of. */
function numbered(names: string[]): string[] {
  return names.map((name, place) => {
    const alike = names.filter((other) => other === name).length;
    return alike === 1 ? name : `${name} ${names.slice(0, place + 1).filter((other) => other === name).length}`;
  });
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

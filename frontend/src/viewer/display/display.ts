/**
 * Which grey each value of an image becomes: the windows and tables that the server offers beside each other, and which
 * of them each frame opens with. Values are those after the modality transformation. Pure.
 */
import type { DicomJson } from '../images/metadata';
import type { GreyWindow, WindowFunction } from './window';

/** A table of greys: one for each whole value from `first` on; what lies outside takes the nearest (PS3.3 C.11.2.1.1). */
export interface GreyTable {
  first: number;
  greys: Uint8Array;
}

export interface GreyView extends GreyWindow {
  name: string;
  table: GreyTable | null;
}

export interface Display {
  views: GreyView[];
  /** Place in `views` of each frame's default; one entry stands for all frames. */
  frames: number[];
}

interface DisplayJson {
  views: { name: string; center: number; width: number; function: WindowFunction; first?: number; greys?: string }[];
  frames: number[];
}

/** The display of an instance; of one that was stored before there was any, the first window of its header. */
export function displayOf(instance: DicomJson): Display {
  const json = (instance as { labelhub_display?: DisplayJson }).labelhub_display;
  if (json === undefined) return { views: headerView(instance), frames: [0] };
  const views = json.views.map(({ first, greys, ...view }) => ({
    ...view,
    table: greys === undefined ? null : { first: first ?? 0, greys: bytesOf(greys) },
  }));
  return { views, frames: json.frames };
}

/** What a frame, counted from 1, opens with; null for a colour image. */
export function defaultView(display: Display, frame: number): GreyView | null {
  return display.views[display.frames[frame - 1] ?? display.frames[0]] ?? null;
}

/** The grey of a value by a table, 0 to 255. */
export function greyByTable(value: number, { first, greys }: GreyTable): number {
  return greys[Math.min(Math.max(Math.round(value) - first, 0), greys.length - 1)];
}

/** A sigmoid as a table, for a renderer that knows none. */
export function sigmoidTable(center: number, width: number): GreyTable {
  const first = Math.floor(center - 2 * width);
  const greys = Uint8Array.from({ length: Math.ceil(4 * width) + 1 }, (_, place) =>
    Math.round(255 / (1 + Math.exp((-4 * (first + place - center)) / width))),
  );
  return { first, greys };
}

/** A table without what its ends repeat: a renderer has so many places for it, and what lies outside is the same. */
export function trimmed({ first, greys }: GreyTable): GreyTable {
  let [start, end] = [0, greys.length - 1];
  while (start < end && greys[start + 1] === greys[start]) start += 1;
  while (end > start && greys[end - 1] === greys[end]) end -= 1;
  return { first: first + start, greys: greys.subarray(start, end + 1) };
}

/**
 * A table as the corners of a line: flat over half a value to both sides of each entry, so that every whole value meets
 * its own entry however the line is sampled.
 */
export function tableLine({ first, greys }: GreyTable): { value: number; grey: number }[] {
  const line: { value: number; grey: number }[] = [];
  greys.forEach((grey, place) => {
    const value = first + place;
    if (place === 0 || grey !== greys[place - 1]) line.push({ value: value - 0.5 + (place === 0 ? 0 : EDGE), grey });
    if (place === greys.length - 1 || grey !== greys[place + 1]) line.push({ value: value + 0.5, grey });
  });
  return line;
}

/** Two corners may not lie at one value. */
const EDGE = 1e-3;

function headerView(instance: DicomJson): GreyView[] {
  const [center, width] = ['00281050', '00281051'].map((tag) => instance[tag]?.Value?.[0]);
  if (typeof center !== 'number' || typeof width !== 'number') return [];
  const isSigmoid = instance['00281056']?.Value?.[0] === 'SIGMOID';
  return [{ name: '', center, width, function: isSigmoid ? 'SIGMOID' : 'LINEAR', table: null }];
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

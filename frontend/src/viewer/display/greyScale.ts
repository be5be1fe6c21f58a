/** Window, table and polarity of the image on screen. */
import { Enums, utilities, type Types } from '@cornerstonejs/core';

import { sigmoidTable, tableLine, trimmed, type GreyTable, type GreyView } from './display';
import { rangeOf, type GreyRange, type GreyWindow } from './window';
import { drawsOnProcessor } from '../engine/engine';

type Viewport = Types.IStackViewport;

/** The library divides by the distance of a window's ends. Below this it is a step. */
const MIN_REST = 1e-9;
/** Two ends of a range that are nearer to each other are one number on the graphics card, by their size. */
const CARD_PRECISION = 1e-6;
/** Of the texture in which the graphics card looks greys up. */
const LINE_TEXELS = 1024;
const MAX_TEXELS = 8192;

/** Draw by a view, silently: only what a hand changes is told to listeners. */
export function showGrey(viewport: Viewport, view: GreyView): void {
  if (drawsOnProcessor()) return showOnProcessor(viewport, view);
  const { LINEAR, SAMPLED_SIGMOID } = Enums.VOILUTFunctionType;
  const isSigmoid = view.function === 'SIGMOID';
  viewport.setProperties({ VOILUTFunction: isSigmoid ? SAMPLED_SIGMOID : LINEAR, voiRange: drawnRange(view) }, true);
  if (view.table !== null) {
    const table = trimmed(view.table);
    return drawByLine(viewport, tableLine(table), table.greys.length);
  }
  if (!isSigmoid) drawByWindow(viewport, view);
}

/** Draw by a plain window, as after a drag that began at a table. */
export function drawByWindow(viewport: Viewport, window: GreyWindow): void {
  if (drawsOnProcessor()) return setProcessorTable(viewport, null);
  const { lower, upper } = drawnRange(window);
  const line = [
    { value: lower, grey: 0 },
    { value: upper, grey: 255 },
  ];
  drawByLine(viewport, line, LINE_TEXELS);
}

/** The ends of the window on screen, as it was set or as a hand has dragged it since. */
export function rangeOnScreen(viewport: Viewport): GreyRange | null {
  const range = viewport.getProperties().voiRange;
  return range ? { lower: range.lower, upper: range.upper } : null; // before the first image the viewport says null
}

/** `isFilm`: MONOCHROME1. Cornerstone's flag counts from the stored values; such a film is inverted to show bone bright. */
export function setInverted(viewport: Viewport, inverted: boolean, isFilm: boolean): void {
  viewport.setProperties({ invert: isFilm !== inverted });
}

/** The ends of a window, as far apart as they must be to be drawn. */
function drawnRange(window: GreyWindow): GreyRange {
  const { lower, upper } = rangeOf(window);
  const middle = (lower + upper) / 2;
  const least = Math.max(Math.abs(middle) * CARD_PRECISION, MIN_REST);
  return upper - lower >= least ? { lower, upper } : { lower: middle - least / 2, upper: middle + least / 2 };
}

/**
 * The library knows windows and no tables, so the line of greys is put where it keeps its own. One texel for each entry
 * of a table: the middle of a texel is then a whole value.
 */
function drawByLine(viewport: Viewport, line: { value: number; grey: number }[], texels: number): void {
  const actor = viewport.getDefaultActor()?.actor as Types.ImageActor | undefined;
  if (actor === undefined) return;
  const lower = line[0].value;
  const upper = line[line.length - 1].value;
  const transfer = utilities.createLinearRGBTransferFunction({ lower, upper });
  transfer.removeAllPoints();
  const isInverted = viewport.getProperties().invert === true;
  line.forEach(({ value, grey }) => {
    const shade = (isInverted ? 255 - grey : grey) / 255;
    transfer.addRGBPoint(value, shade, shade, shade);
  });
  const mapper = actor.getMapper() as unknown as { setColorTextureWidth: (width: number) => void };
  mapper.setColorTextureWidth(Math.min(Math.max(texels, 2), MAX_TEXELS));
  actor.getProperty().setRGBTransferFunction(0, transfer);
}

function showOnProcessor(viewport: Viewport, view: GreyView): void {
  viewport.setProperties({ voiRange: drawnRange(view) }, true);
  setProcessorTable(viewport, view.function === 'SIGMOID' ? sigmoidTable(view.center, view.width) : view.table);
}

/** The processor's renderer takes a table of DICOM's form; the viewport has no door for it. */
function setProcessorTable(viewport: Viewport, table: GreyTable | null): void {
  type Fallback = { viewport: { voiLUT?: { firstValueMapped: number; numBitsPerEntry: number; lut: number[] } } };
  const { viewport: drawn } = (viewport as unknown as { _cpuFallbackEnabledElement: Fallback })._cpuFallbackEnabledElement;
  drawn.voiLUT =
    table === null ? undefined : { firstValueMapped: table.first, numBitsPerEntry: 8, lut: Array.from(table.greys) };
}

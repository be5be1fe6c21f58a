import { describe, expect, it } from 'vitest';

import { labelPlace, type Rect } from './labelPlace';

const VIEW = { width: 800, height: 600 };
const LABEL = { width: 70, height: 18 };
const box = (x: number, y: number, width = 60, height = 50): Rect => ({ x, y, width, height });

function placeAll(boxes: Rect[]): Rect[] {
  const taken: Rect[] = [];
  boxes.forEach((each) => taken.push(labelPlace(each, LABEL, taken, VIEW)));
  return taken;
}

function overlapping(rects: Rect[]): number {
  return rects.flatMap((a, i) =>
    rects.slice(i + 1).filter((b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height),
  ).length;
}

describe('the name of a box', () => {
  it('stands on the upper edge, below where there is no room above', () => {
    expect(labelPlace(box(100, 200), LABEL, [], VIEW)).toMatchObject({ x: 100, y: 181 });
    expect(labelPlace(box(100, 5), LABEL, [], VIEW)).toMatchObject({ x: 100, y: 56 });
  });

  it('stays within the view', () => {
    expect(labelPlace(box(780, 200), LABEL, [], VIEW).x).toBe(730);
    expect(labelPlace(box(-40, -40, 900, 700), LABEL, [], VIEW)).toMatchObject({ x: 0, y: 0 });
  });

  it.each([
    ['one on another', Array.from({ length: 8 }, () => box(300, 300))],
    ['side by side', Array.from({ length: 10 }, (_, i) => box(100 + i * 25, 300))],
    ['one within another', Array.from({ length: 6 }, (_, i) => box(200 + i * 8, 200 + i * 8, 200 - i * 16, 160 - i * 16))],
    ['in a corner', Array.from({ length: 5 }, (_, i) => box(770 + i, i))],
  ])('covers no other name: boxes %s', (_name, boxes) => {
    expect(overlapping(placeAll(boxes))).toBe(0);
  });

  it('stays at its box where every place is taken', () => {
    const wall = [{ x: 0, y: 0, width: 800, height: 600 }];
    expect(labelPlace(box(100, 200), LABEL, wall, VIEW)).toMatchObject({ x: 100, y: 181 });
  });
});

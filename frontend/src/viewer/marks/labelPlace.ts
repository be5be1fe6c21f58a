/** Where the name of a box stands on the screen, so that no name covers another. Lengths in pixels of the screen. Pure. */
export interface Size {
  width: number;
  height: number;
}

/** `x`, `y`: the upper left corner. */
export interface Rect extends Size {
  x: number;
  y: number;
}

const GAP = 1;
/** Further away a name says no longer whose it is. */
const MOST_ROWS = 8;

/** The nearest free place: on the upper edge of the box, else on the lower, then row by row away from it. */
export function labelPlace(box: Rect, label: Size, taken: Rect[], view: Size): Rect {
  const places = placesAround(box, label)
    .map((place) => ({ ...place, x: Math.max(0, Math.min(place.x, view.width - label.width)) }))
    .filter((place) => place.y >= 0 && place.y + place.height <= view.height);
  const free = places.find((place) => !taken.some((other) => overlap(place, other)));
  return free ?? places[0] ?? { ...label, x: Math.max(0, box.x), y: Math.max(0, box.y) };
}

function placesAround(box: Rect, label: Size): Rect[] {
  const lefts = [box.x, box.x + box.width - label.width];
  const rows = Array.from({ length: MOST_ROWS }, (_, row) => row * label.height);
  return rows.flatMap((away) =>
    [box.y - GAP - label.height - away, box.y + box.height + GAP + away].flatMap((y) => lefts.map((x) => ({ ...label, x, y }))),
  );
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

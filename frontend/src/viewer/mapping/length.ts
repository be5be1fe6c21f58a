/** The words of a measured length: mm only where the header gives a spacing, with its source. Pure. */
import type { ImageSpacing } from '../../api/types';
import type { ImagePoint } from './plane';

/**
 * Length between two points of image space. A spacing at the detector is said to be one, because structures inside the
 * patient are magnified on it (PS3.3 10.7.1.3); without a spacing the length stays in pixels.
 */
export function lengthText(from: ImagePoint, to: ImagePoint, spacing: ImageSpacing): string {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  if (spacing.source === 'none' || !spacing.row_mm || !spacing.column_mm) {
    return `${Math.hypot(dx, dy).toFixed(0)} px`;
  }
  const mm = Math.hypot(dx * spacing.column_mm, dy * spacing.row_mm).toFixed(1);
  return spacing.source === 'detector' ? `${mm} mm at detector` : `${mm} mm`;
}

/** One line for the corner of the image: where its millimetres come from. */
export function spacingText(spacing: ImageSpacing): string {
  if (spacing.source === 'none' || !spacing.row_mm || !spacing.column_mm) return 'no scale: lengths in px';
  const row = spacing.row_mm.toFixed(3);
  const column = spacing.column_mm.toFixed(3);
  const size = row === column ? row : `${row} × ${column}`;
  const source = { detector: 'at detector', calibrated: 'calibrated', patient: 'in patient' }[spacing.source];
  return `${size} mm/px ${source}`;
}

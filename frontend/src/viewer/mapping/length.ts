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
  return `${Math.hypot(dx * spacing.column_mm, dy * spacing.row_mm).toFixed(1)} ${unitOf(spacing)}`;
}

/** Width and height of a box, by the same rule as a length. */
export function sizeText({ width, height }: { width: number; height: number }, spacing: ImageSpacing): string {
  if (spacing.source === 'none' || !spacing.row_mm || !spacing.column_mm) {
    return `${width.toFixed(0)} × ${height.toFixed(0)} px`;
  }
  return `${(width * spacing.column_mm).toFixed(0)} × ${(height * spacing.row_mm).toFixed(0)} ${unitOf(spacing)}`;
}

function unitOf(spacing: ImageSpacing): string {
  return spacing.source === 'detector' ? 'mm at detector' : 'mm';
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

/** How the case was shown when it was answered; stored with the read. */
export interface DisplayState {
  instance: string | null;
  frame: number | null;
  window_center: number | null;
  window_width: number | null;
  /** By which centre and width are meant: LINEAR, LINEAR_EXACT, SIGMOID, or LUT for a table. */
  window_function: string | null;
  /** Of the window or table that the server offers; null for one of the reader's own. */
  window_name: string | null;
  inverted: boolean;
  scale: number;
  viewport_px: [number, number];
  device_pixel_ratio: number;
  drawn_by: 'gpu' | 'cpu';
  viewer_version: string;
}

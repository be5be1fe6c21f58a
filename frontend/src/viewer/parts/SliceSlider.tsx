/** Scrolls a stack by hand; the wheel and the arrow keys do the same. */
import classes from '../viewer.module.css';

interface SliceSliderProps {
  /** Counted from 0. */
  slice: number;
  count: number;
  onScroll: (slice: number) => void;
}

export function SliceSlider({ slice, count, onScroll }: SliceSliderProps) {
  return (
    <input
      className={classes.slider}
      type="range"
      aria-label="Image in the stack"
      data-testid="slice-slider"
      min={1}
      max={count}
      value={slice + 1}
      tabIndex={-1}
      onChange={(event) => onScroll(Number(event.target.value) - 1)}
    />
  );
}

/** What the reader sees in place of an image that cannot be drawn. */
import classes from '../viewer.module.css';

interface ViewFailureProps {
  message: string;
  onRetry: () => void;
  onProcessor: () => void;
}

export function ViewFailure({ message, onRetry, onProcessor }: ViewFailureProps) {
  return (
    <div className={classes.failure} role="alert">
      <h2>This image cannot be shown</h2>
      <p>{message}</p>
      <p>Your answers are safe. Try again; if the graphics card is at fault, draw without it (slower, same picture).</p>
      <div>
        <button type="button" onClick={onRetry}>
          Try again
        </button>
        <button type="button" onClick={onProcessor}>
          Draw without graphics card
        </button>
      </div>
    </div>
  );
}

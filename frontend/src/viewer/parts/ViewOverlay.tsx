/** The few words that lie over an image: window, magnification, scale with its source, place in the stack. */
import { functionText, windowText, type GreyWindow } from '../display/window';
import { edgeLettersOf, filmNameOf } from '../images/imageRegistry';
import { spacingText } from '../mapping/length';
import { seenLetters } from '../mapping/orientation';
import type { ViewState } from '../store';
import classes from '../viewer.module.css';

/** Photometric kinds whose window means nothing to a reader. */
const COLOUR = /^(RGB|YBR|PALETTE)/;

export function ViewOverlay({ view }: { view: ViewState }) {
  return (
    <div className={classes.overlay} aria-hidden="true">
      <div className={classes.topLeft}>
        {view.inverted && <span className={classes.altered}>inverted</span>}
        {view.flippedHorizontally && <span className={classes.altered}>mirrored</span>}
        {view.rotation !== 0 && <span className={classes.altered}>turned {view.rotation}°</span>}
      </div>
      <b className={classes.bottomLeft} data-testid="film-name">
        {filmNameOf(view.imageId ?? '')}
      </b>
      <div className={classes.bottomRight}>
        <span>
          {view.sliceCount > 1 && (
            <b data-testid="slice-number">
              {view.slice + 1} / {view.sliceCount}
            </b>
          )}
          {view.window !== null && !COLOUR.test(view.photometric ?? '') && (
            <>
              {view.viewName !== null && <span data-testid="view-name">{view.viewName} </span>}
              <WindowWords window={view.window} />
            </>
          )}
          <i className={classes.gap}>{Math.round(view.scale * 100)} %</i>
        </span>
        {view.spacing !== null && <span data-testid="spacing">{spacingText(view.spacing)}</span>}
      </div>
      <OrientationLetters view={view} />
    </div>
  );
}

function WindowWords({ window }: { window: GreyWindow }) {
  const { width, center } = windowText(window);
  return (
    <span data-testid="window">
      {functionText(window)} <i>W</i> {width} <i>L</i> {center}
    </span>
  );
}

/** Only a header that says where the image lies earns letters. */
function OrientationLetters({ view }: { view: ViewState }) {
  const ofImage = edgeLettersOf(view.imageId ?? '');
  if (ofImage === null) return null;
  const letters = seenLetters(ofImage, view.runs);
  return (
    <div data-testid="orientation">
      <span className={classes.edgeLeft}>{letters.left}</span>
      <span className={classes.edgeRight}>{letters.right}</span>
      <span className={classes.edgeTop}>{letters.top}</span>
      <span className={classes.edgeBottom}>{letters.bottom}</span>
    </div>
  );
}

/** The image area: a black field that a ViewerController draws on, with its texts, its slider and its failures. */
import { useEffect, useRef, type ReactNode } from 'react';
import { useStore } from 'zustand';

import { ViewerController } from './controller';
import { SliceSlider } from './parts/SliceSlider';
import { ViewFailure } from './parts/ViewFailure';
import { ViewOverlay } from './parts/ViewOverlay';
import classes from './viewer.module.css';

interface ViewportProps {
  id: string;
  /** Told the controller once the element is there, and null when it goes. */
  onController: (controller: ViewerController | null) => void;
  controller: ViewerController | null;
  label: string;
  children?: ReactNode;
}

export function Viewport({ id, onController, controller, label, children }: ViewportProps) {
  const element = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (element.current === null) return;
    const created = new ViewerController(element.current, id);
    onController(created);
    return () => {
      onController(null);
      created.destroy();
    };
  }, [id, onController]);

  return (
    // Cornerstone's own key listener swallows every key, those of the browser too.
    <div className={classes.frame} onKeyDownCapture={(event) => event.stopPropagation()}>
      <div
        ref={element}
        className={classes.canvas}
        tabIndex={0}
        role="img"
        aria-label={label}
        onContextMenu={(event) => event.preventDefault()}
        // The library asks the browser for the middle button's scroll cursor otherwise.
        onMouseDown={(event) => event.button === 1 && event.preventDefault()}
      />
      {controller !== null && <ViewportTexts controller={controller} />}
      {children}
    </div>
  );
}

function ViewportTexts({ controller }: { controller: ViewerController }) {
  const view = useStore(controller.store);
  return (
    <>
      <div
        hidden
        data-testid="viewport"
        data-rendered={view.status === 'ready'}
        data-status={view.status}
        data-image-id={view.imageId ?? ''}
        data-stack-id={view.stackId ?? ''}
        data-window-center={view.window?.center ?? ''}
        data-window-width={view.window?.width ?? ''}
        data-inverted={view.inverted}
        data-scale={view.scale}
        data-slice={view.slice + 1}
        data-slices={view.sliceCount}
        data-tool={view.tool}
      />
      {view.status === 'ready' && <ViewOverlay view={view} />}
      {view.status === 'loading' && (
        <p className={classes.waiting} role="status">
          Loading image …
        </p>
      )}
      {view.status === 'ready' && view.sliceCount > 1 && (
        <SliceSlider slice={view.slice} count={view.sliceCount} onScroll={(slice) => controller.scrollTo(slice)} />
      )}
      {view.status === 'failed' && (
        <ViewFailure
          message={view.error ?? ''}
          onRetry={() => void controller.retry(false)}
          onProcessor={() => void controller.retry(true)}
        />
      )}
    </>
  );
}

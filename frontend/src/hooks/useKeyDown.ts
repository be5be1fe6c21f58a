/** One listener for the keys of a page, which keeps out of the way of text fields and dialogs. */
import { useLayoutEffect, useRef } from 'react';

/** What has keys of its own: fields, and a menu while it is open. */
const FIELDS =
  'textarea, select, input:not([type="range"]):not([type="checkbox"]), [contenteditable="true"], [role="menu"]';

/**
 * Call `handle` for each key press; it returns true when the key was used. Presses inside a field stay with the field,
 * except Escape, which leaves it.
 */
export function useKeyDown(handle: (event: KeyboardEvent) => boolean, enabled: boolean, leaveField: () => void): void {
  const latest = useRef({ handle, leaveField });
  // Layout effects: they run before the browser shows what was rendered. A plain effect may run after, and a key that is
  // pressed in between, say just after a dialog is gone, would be lost or would act on what was shown before.
  useLayoutEffect(() => {
    latest.current = { handle, leaveField };
  });

  useLayoutEffect(() => {
    if (!enabled) return;
    const listen = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      if (event.target instanceof Element && event.target.closest('[role="dialog"]') !== null) return;
      if (event.target instanceof Element && event.target.closest(FIELDS) !== null) {
        if (event.key === 'Escape') latest.current.leaveField();
        return;
      }
      // A button that was reached with Tab answers to its own keys.
      const isPress = event.key === 'Enter' || event.key === ' ';
      if (isPress && event.target instanceof Element && event.target.closest('button, a') !== null) return;
      if (latest.current.handle(event)) event.preventDefault();
    };
    // On the way down: a viewport keeps the keys that reach it from going any further.
    window.addEventListener('keydown', listen, { capture: true });
    return () => window.removeEventListener('keydown', listen, { capture: true });
  }, [enabled]);
}

/** Time spent reading: the page is visible and focused, and a hand moved within the last minute. */
import { useCallback, useEffect, useRef } from 'react';

const TICK_MS = 500;
const IDLE_MS = 60_000;

export interface ActiveTime {
  /** Milliseconds since the last reset. */
  read: () => number;
  reset: () => void;
}

export function useActiveTime(): ActiveTime {
  const total = useRef(0);
  const lastInput = useRef(Date.now());

  useEffect(() => {
    let before = Date.now();
    const input = () => {
      lastInput.current = Date.now();
    };
    const tick = () => {
      const now = Date.now();
      const isActive = document.visibilityState === 'visible' && document.hasFocus() && now - lastInput.current < IDLE_MS;
      // A machine that slept must not count its sleep.
      if (isActive) total.current += Math.min(now - before, 2 * TICK_MS);
      before = now;
    };
    const events = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;
    events.forEach((name) => window.addEventListener(name, input, { passive: true, capture: true }));
    const timer = setInterval(tick, TICK_MS);
    return () => {
      clearInterval(timer);
      events.forEach((name) => window.removeEventListener(name, input, { capture: true }));
    };
  }, []);

  const read = useCallback(() => Math.round(total.current), []);
  const reset = useCallback(() => {
    total.current = 0;
    lastInput.current = Date.now();
  }, []);
  return { read, reset };
}

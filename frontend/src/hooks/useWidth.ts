/** The width of an element in whole px, known before it is first painted: what is drawn in it needs no second frame. */
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

export function useWidth(): { ref: RefObject<HTMLDivElement | null>; width: number } {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    // Rounded down: a drawing that is wider by half a pixel brings a scrollbar.
    const measure = () => setWidth(Math.floor(element.getBoundingClientRect().width));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

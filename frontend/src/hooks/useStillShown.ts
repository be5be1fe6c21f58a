/** Whether the page still shows what it showed: an answer that comes late moves nothing that stands there then. */
import { useCallback, useLayoutEffect, useRef } from 'react';

export function useStillShown(id: string): (asked: string) => boolean {
  const shown = useRef<string | null>(null);
  useLayoutEffect(() => {
    shown.current = id;
    return () => {
      shown.current = null;
    };
  }, [id]);
  return useCallback((asked) => shown.current === asked, []);
}

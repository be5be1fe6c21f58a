/**
 * Which cases are ticked; with the shift key all from the one touched before. They live outside the page: looking at a
 * case and coming back takes no tick away.
 */
import { useCallback, useLayoutEffect, useRef, useState } from 'react';

import { NONE, ticked, withAll, type Ticked, type Ticks } from '../ticks';

export interface Ticking {
  ticks: Ticks;
  tick: (id: string, toRange: boolean) => void;
  tickAll: (isOn: boolean) => void;
  clear: () => void;
}

const kept = new Map<string, Ticks>();

/** `of`: whose they are, and of which project. */
export function useTicks(of: string, shown: Ticked[]): Ticking {
  const [ticks, setTicks] = useState<Ticks>(kept.get(of) ?? NONE);
  useLayoutEffect(() => {
    kept.set(of, ticks);
  }, [of, ticks]);
  const touched = useRef<string | null>(null);
  const tick = useCallback(
    (id: string, toRange: boolean) => {
      const from = toRange ? touched.current : null;
      setTicks((now) => ticked(now, shown, id, from));
      touched.current = id;
    },
    [shown],
  );
  const tickAll = useCallback((isOn: boolean) => setTicks((now) => withAll(now, shown, isOn)), [shown]);
  const clear = useCallback(() => setTicks(NONE), []);
  return { ticks, tick, tickAll, clear };
}

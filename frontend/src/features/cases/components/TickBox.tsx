/** The box that ticks a case, or all of a page. The keys of the list go from one to the next. */
import { useEffect, useRef } from 'react';

import { CASE } from '../hooks/useListKeys';
import type { share } from '../ticks';
import classes from '../cases.module.css';

interface TickBoxProps {
  id: string;
  label: string;
  isTicked: boolean;
  onTick: (id: string, toRange: boolean) => void;
}

export function TickBox({ id, label, isTicked, onTick }: TickBoxProps) {
  return (
    <input
      type="checkbox"
      className={classes.tick}
      aria-label={`Tick ${label}`}
      checked={isTicked}
      // The click knows of the shift key, also where the space bar made it.
      onClick={(event) => onTick(id, event.shiftKey)}
      onChange={() => undefined}
      data-testid={`tick-${label}`}
      {...{ [CASE]: id }}
    />
  );
}

interface TickAllProps {
  ticked: ReturnType<typeof share>;
  onTickAll: (isOn: boolean) => void;
}

export function TickAll({ ticked, onTickAll }: TickAllProps) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = ticked === 'some';
  }, [ticked]);
  return (
    <input
      ref={box}
      type="checkbox"
      className={classes.tick}
      aria-label="Tick all on this page"
      title="Tick all on this page"
      checked={ticked === 'all'}
      onChange={() => onTickAll(ticked !== 'all')}
      data-testid="tick-all"
    />
  );
}

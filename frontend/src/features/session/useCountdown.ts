/** The wait that the server asks for after too many tries. */
import { useEffect, useState } from 'react';

import { isApiError } from '../../api/errors';
import { secondsToWait } from './throttle';

/** Whole seconds until the server takes another try; 0 where `error` is no such refusal. */
export function useCountdown(error: Error | null): number {
  const refusal = isApiError(error) && error.status === 429 ? error : null;
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (refusal === null) return setLeft(0);
    const until = Date.now() + secondsToWait(refusal) * 1000;
    const tick = () => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [refusal]);
  return left;
}

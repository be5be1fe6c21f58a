/** Keeps a lease alive once a minute and tells how much of it is left, in its last three minutes only. */
import { useEffect, useState } from 'react';

import { isApiError } from '../api/errors';
import { refusedText } from '../api/takenAway';

const BEAT_MS = 60_000;
const SHOWN_MS = 3 * 60_000;
const TICK_MS = 1_000;

interface LeaseOptions {
  /** Changes with the case; null while there is nothing to hold. */
  id: string | null;
  until: string | null;
  /** Null where nothing is leased. */
  beat: ((id: string) => Promise<{ lease_until: string }>) | null;
  /** The server says that the lease is gone. */
  onLost: (message: string) => void;
}

/** Whole seconds left when fewer than three minutes are, else null. */
export function useLease({ id, until, beat, onLost }: LeaseOptions): number | null {
  const [end, setEnd] = useState<number | null>(null);
  const [now, setNow] = useState(() => Date.now());

  useEffect(() => setEnd(until === null ? null : Date.parse(until)), [id, until]);

  useEffect(() => {
    if (id === null || beat === null) return;
    let current = true;
    const once = async () => {
      try {
        const answer = await beat(id);
        if (current) setEnd(Date.parse(answer.lease_until));
      } catch (error) {
        // Without a connection the lease simply runs on; the saved sign tells about the connection.
        if (!current || !isApiError(error) || ![404, 409, 410].includes(error.status)) return;
        clearInterval(timer);
        onLost(refusedText(error));
      }
    };
    const timer = setInterval(() => void once(), BEAT_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [id, beat, onLost]);

  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);

  if (id === null || end === null || end - now > SHOWN_MS) return null;
  return Math.max(0, Math.round((end - now) / 1000));
}

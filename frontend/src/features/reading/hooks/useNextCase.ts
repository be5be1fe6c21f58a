/** Reserves the next case while this one is read, and fetches and decodes its images without opening it. */
import { useCallback, useEffect, useRef } from 'react';

import { prefetch } from '../../../viewer/images/loading';
import { stacksOf, type StackFrame } from '../../../viewer/images/stacks';
import { useDesk } from '../desk/desk';

/** A reservation lasts five minutes on the server; an older one is asked for again instead of tried. */
const FRESH_MS = 4.5 * 60_000;
/** Frames decoded ahead: enough for a radiograph with its views, and the middle of a long series. */
const MAX_FRAMES = 40;

interface Reserved {
  id: string;
  /** The case that was on screen then: on the way back to an older case it must not be taken. */
  after: string;
  at: number;
}

/** `ready` turns true once the current case is on screen. Returns what was reserved, once. */
export function useNextCase(slug: string | null, current: string, ready: boolean): () => string | null {
  const desk = useDesk();
  const reserved = useRef<Reserved | null>(null);

  useEffect(() => {
    if (slug === null || !ready) return;
    const abort = new AbortController();
    const look = async () => {
      const { assignment } = await desk.next(slug, true, crypto.randomUUID());
      if (assignment === null || assignment.id === current || abort.signal.aborted) return;
      reserved.current = { id: assignment.id, after: current, at: Date.now() };
      const payload = await desk.peek(assignment.id);
      await prefetch(firstFrames(stacksOf(payload.images).map((stack) => stack.frames)), abort.signal);
    };
    // To look ahead is a courtesy: when it fails the next case is simply asked for at submit.
    look().catch(() => undefined);
    return () => abort.abort();
  }, [desk, slug, current, ready]);

  return useCallback(() => {
    const found = reserved.current;
    reserved.current = null;
    const isUsable = found !== null && found.after === current && Date.now() - found.at < FRESH_MS;
    return isUsable ? found.id : null;
  }, [current]);
}

/** The first frame of every stack before the rest of any. */
function firstFrames(stacks: StackFrame[][]): StackFrame[] {
  const first = stacks.map((frames) => frames[0]);
  const rest = stacks.flatMap((frames) => frames.slice(1));
  return [...first, ...rest].slice(0, MAX_FRAMES);
}

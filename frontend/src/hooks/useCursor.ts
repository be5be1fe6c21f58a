/** The cursors passed so far of a list that is paged by key. */
import { useState } from 'react';

export interface Cursor {
  /** Cursor of the page shown; null is the first page. */
  cursor: string | null;
  page: number;
  back: () => void;
  next: (cursor: string) => void;
  reset: () => void;
}

export function useCursor(): Cursor {
  const [passed, setPassed] = useState<string[]>([]);
  return {
    cursor: passed.at(-1) ?? null,
    page: passed.length + 1,
    back: () => setPassed((old) => old.slice(0, -1)),
    next: (cursor) => setPassed((old) => [...old, cursor]),
    reset: () => setPassed([]),
  };
}

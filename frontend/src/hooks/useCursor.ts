/** The cursors passed so far of a list that is paged by key. */
import { useStateOf } from './useStateOf';

export interface Cursor {
  /** Cursor of the page shown; null is the first page. */
  cursor: string | null;
  page: number;
  back: () => void;
  next: (cursor: string) => void;
}

/** `of`: what the list is narrowed to, however that was chosen; a list of something else begins at its first page. */
export function useCursor(of: object = {}): Cursor {
  const [passed, setPassed] = useStateOf<string[]>(JSON.stringify(of), []);
  return {
    cursor: passed.at(-1) ?? null,
    page: passed.length + 1,
    back: () => setPassed(passed.slice(0, -1)),
    next: (cursor) => setPassed([...passed, cursor]),
  };
}

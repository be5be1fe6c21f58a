/** State that belongs to what the page shows, such as a dialog over a case: it begins anew when something else is shown. */
import { useCallback, useState } from 'react';

/** An answer that comes late sets nothing of what is shown then. */
export function useStateOf<T>(id: string, initial: T): [T, (value: T) => void] {
  const [kept, setKept] = useState({ id, value: initial });
  if (kept.id !== id) setKept({ id, value: initial });
  const set = useCallback((value: T) => setKept((now) => (now.id === id ? { id, value } : now)), [id]);
  return [kept.id === id ? kept.value : initial, set];
}

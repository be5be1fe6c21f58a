/** What the address asks of the list, and asking something else. Each change is a step that the browser goes back. */
import { useMemo } from 'react';
import { useLocation, useSearchParams } from 'react-router';

import { addressOf, askedOf, changed, type Asked } from '../asked';

export interface Asking {
  asked: Asked;
  /** Another list, from its first page. */
  ask: (change: Partial<Asked>) => void;
  /** The same page, shown otherwise. */
  show: (change: Partial<Asked>) => void;
  next: (cursor: string) => void;
  back: () => void;
}

export function useAsked(reads: boolean): Asking {
  const [search, setSearch] = useSearchParams();
  const asked = useMemo(() => askedOf(search, reads), [search, reads]);
  // A list that is paged by key knows no way back: where the pages before began goes along with the address.
  const passed = ((useLocation().state as { passed?: (string | null)[] } | null)?.passed ?? []) as (string | null)[];
  const go = (wanted: Asked, behind: (string | null)[]) => setSearch(addressOf(wanted, reads), { state: { passed: behind } });
  const turn = (wanted: Asked, behind: (string | null)[]) => {
    go(wanted, behind);
    window.scrollTo({ top: 0 });
  };
  return {
    asked,
    ask: (change) => go(changed(asked, change), []),
    show: (change) => go({ ...asked, ...change }, passed),
    next: (cursor) => turn({ ...asked, cursor, page: asked.page + 1 }, [...passed, asked.cursor]),
    back: () => {
      const cursor = passed.at(-1) ?? null;
      turn({ ...asked, cursor, page: cursor === null ? 1 : asked.page - 1 }, passed.slice(0, -1));
    },
  };
}

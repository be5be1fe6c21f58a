/** The keys of the list of cases: they move from tick box to tick box, which is what the browser has focused. */
import type { RefObject } from 'react';

import { useKeyDown } from '../../../hooks/useKeyDown';

/** What a tick box carries: the id of its case. */
export const CASE = 'data-case';
const BOX = `input[${CASE}]`;

interface ListKeys {
  list: RefObject<HTMLElement | null>;
  search: RefObject<HTMLInputElement | null>;
  onOpen: (id: string) => void;
  isEnabled: boolean;
}

export function useListKeys({ list, search, onOpen, isEnabled }: ListKeys): void {
  useKeyDown(
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return false;
      if (event.key === '/') {
        search.current?.focus();
        search.current?.select();
        return true;
      }
      const boxes = [...(list.current?.querySelectorAll<HTMLInputElement>(BOX) ?? [])];
      const at = boxes.findIndex((box) => box === document.activeElement);
      const step = stepOf(event.key, boxes);
      if (step !== 0) return focus(boxes[at === -1 ? 0 : at + step]);
      const box = boxes[at];
      if (box === undefined) return false;
      if (event.key === 'x') {
        // A key that is held is one wish.
        if (!event.repeat) box.click();
      } else if (event.key === 'Enter') onOpen(box.getAttribute(CASE) as string);
      else return false;
      return true;
    },
    isEnabled,
    () => search.current?.blur(),
  );
}

function stepOf(key: string, boxes: HTMLInputElement[]): number {
  const steps: Record<string, number> = {
    ArrowDown: columnsOf(boxes),
    j: columnsOf(boxes),
    ArrowUp: -columnsOf(boxes),
    k: -columnsOf(boxes),
    ArrowRight: 1,
    ArrowLeft: -1,
  };
  return steps[key] ?? 0;
}

/** How many stand in a row, by where they are: one in the table. */
function columnsOf(boxes: HTMLInputElement[]): number {
  const top = boxes[0]?.getBoundingClientRect().top;
  const below = boxes.findIndex((box) => box.getBoundingClientRect().top !== top);
  return below === -1 ? Math.max(1, boxes.length) : below;
}

function focus(box: HTMLInputElement | undefined): boolean {
  if (box === undefined) return false;
  box.focus({ preventScroll: true });
  box.closest('tr, li')?.scrollIntoView({ block: 'nearest' });
  return true;
}

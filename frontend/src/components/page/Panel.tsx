/** A titled box of a page. `flush` lets a table reach the edges. */
import { useId, type ReactNode } from 'react';

interface PanelProps {
  title?: string;
  side?: ReactNode;
  flush?: boolean;
  className?: string;
  testId?: string;
  children: ReactNode;
}

export function Panel({ title, side, flush = false, className = '', testId, children }: PanelProps) {
  const titleId = useId();
  return (
    <section
      className={`lh-panel ${className}`}
      aria-labelledby={title === undefined ? undefined : titleId}
      data-testid={testId}
    >
      {title !== undefined && (
        <header>
          <h2 id={titleId}>{title}</h2>
          {side !== undefined && <div className="lh-panel-side">{side}</div>}
        </header>
      )}
      <div className="lh-panel-body" data-flush={flush || undefined}>
        {children}
      </div>
    </section>
  );
}

/** A whole-window message of the workspace: what happened and where to go. */
import type { ReactNode } from 'react';

export function Message({ title, children, actions }: { title: string; children: ReactNode; actions: ReactNode }) {
  return (
    <div className="ws-message" role="status">
      <h1>{title}</h1>
      <p>{children}</p>
      <div className="ws-row">{actions}</div>
    </div>
  );
}

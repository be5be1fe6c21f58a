/** Frame of a page: its title, one line under it, its main actions on the right. */
import type { ReactNode } from 'react';

interface PageProps {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  width?: 'full' | 'form' | 'narrow';
  children: ReactNode;
}

export function Page({ title, lead, actions, width = 'full', children }: PageProps) {
  return (
    <div className="lh-page" data-width={width}>
      <title>{`${title} · LabelHub`}</title>
      <div className="lh-page-head">
        <div>
          <h1>{title}</h1>
          {Boolean(lead) && <p>{lead}</p>}
        </div>
        {Boolean(actions) && <div className="lh-page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** Names and values, one a line. */
import type { ReactNode } from 'react';

export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className="lh-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

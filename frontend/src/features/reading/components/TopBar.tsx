/** The one line above the image: where one is, what is saved, the lease near its end, the keys. */
import { IconKeyboard } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

interface TopBarProps {
  /** The way out. */
  home: { to: string; name: string; title: string };
  project: string;
  label: string;
  today: number | null;
  /** Seconds left of the lease, in its last three minutes. */
  lease: number | null;
  reader: string;
  sign: ReactNode;
  onKeys: () => void;
}

export function TopBar({ home, project, label, today, lease, reader, sign, onKeys }: TopBarProps) {
  return (
    <header className="ws-top">
      <Link to={home.to} title={home.title}>
        ‹ {home.name}
      </Link>
      <span className="ws-top-title" title={project}>
        {project}
      </span>
      <span className="ws-dim" data-testid="case-label">
        {label}
      </span>
      {today !== null && <span className="ws-dim">{today} read today</span>}
      <span className="ws-push" />
      {lease !== null && (
        <span style={{ color: 'var(--ws-warn)' }} data-testid="lease" role="timer">
          kept for you {Math.floor(lease / 60)}:{String(lease % 60).padStart(2, '0')}
        </span>
      )}
      {sign}
      <button type="button" className="ws-tool" style={{ height: '100%' }} onClick={onKeys} tabIndex={-1} title="Keys (?)">
        <IconKeyboard size={17} stroke={1.7} aria-hidden /> Keys
      </button>
      <span className="ws-dim ws-top-person" title={reader}>
        {reader}
      </span>
    </header>
  );
}

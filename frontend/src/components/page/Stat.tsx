/** One figure of a top row, with what it counts and, if it has an end, how far it is. */
import type { ReactNode } from 'react';

interface StatProps {
  label: string;
  figure: ReactNode;
  of?: ReactNode;
  note?: ReactNode;
  /** Share done, 0..1. */
  share?: number;
  testId?: string;
}

export function Stat({ label, figure, of, note, share, testId }: StatProps) {
  return (
    <dl className="lh-panel lh-stat" style={{ margin: 0 }} data-testid={testId}>
      <dt>{label}</dt>
      <dd>
        <div className="lh-figure">
          {figure}
          {of !== undefined && <small> / {of}</small>}
        </div>
        {note !== undefined && <div className="lh-note">{note}</div>}
        {share !== undefined && (
          <div style={{ marginTop: 8 }}>
            <Meter share={share} label={label} />
          </div>
        )}
      </dd>
    </dl>
  );
}

export function Meter({ share, label }: { share: number; label: string }) {
  const whole = Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className="lh-meter"
      role="progressbar"
      aria-label={label}
      aria-valuenow={whole}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div style={{ width: `${whole}%` }} />
    </div>
  );
}

/** A message that stays on the page: what happened, what is safe, what to do. */
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';

export type NoticeTone = 'info' | 'warn' | 'bad';

interface NoticeProps {
  tone?: NoticeTone;
  side?: ReactNode;
  testId?: string;
  children: ReactNode;
}

const COLOUR: Record<NoticeTone, string> = {
  info: 'var(--mantine-color-accent-5)',
  warn: 'var(--lh-warn)',
  bad: 'var(--lh-bad)',
};

export function Notice({ tone = 'info', side, testId, children }: NoticeProps) {
  const Icon = tone === 'info' ? IconInfoCircle : IconAlertTriangle;
  return (
    <div className="lh-notice" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'} data-testid={testId}>
      <Icon size={18} color={COLOUR[tone]} style={{ flex: 'none', marginTop: 1 }} aria-hidden />
      <div>{children}</div>
      {side !== undefined && <div className="lh-notice-side">{side}</div>}
    </div>
  );
}

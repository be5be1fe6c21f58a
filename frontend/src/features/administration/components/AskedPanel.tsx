/** A panel that asks for what it shows by itself: none waits for another, and a slow one says how long it has asked. */
import { useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';

import { LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { Panel } from '../../../components/page/Panel';

interface AskedPanelProps<T> {
  title: string;
  query: UseQueryOptions<T, Error, T, string[]>;
  flush?: boolean;
  rows?: number;
  testId: string;
  side?: (data: T, ask: () => void, isAsking: boolean) => ReactNode;
  children: (data: T) => ReactNode;
}

export function AskedPanel<T>({ title, query, flush, rows = 3, testId, side, children }: AskedPanelProps<T>) {
  const { data, error, isFetching, refetch } = useQuery(query);
  const ask = () => void refetch();
  return (
    <Panel title={title} flush={flush} testId={testId} side={data !== undefined && side?.(data, ask, isFetching)}>
      {data === undefined && error === null && <Asking rows={rows} />}
      {error && <LoadFailed error={error} onRetry={ask} />}
      {data !== undefined && children(data)}
    </Panel>
  );
}

/** Skeleton rows; from the second second on it says that it still asks. */
export function Asking({ rows }: { rows: number }) {
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => setPassed((now) => now + 1), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <>
      <LoadingRows rows={rows} />
      {passed > 0 && <div className="lh-note" style={{ padding: '0 16px 12px' }}>{`Still asking, ${passed} s`}</div>}
    </>
  );
}

/** A list of the page that is paged by key and narrowed by the beginning of a name. */
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import { Blank, LoadFailed } from '../../../components/messages/Blank';
import { Pager } from '../../../components/page/Pager';
import { Panel } from '../../../components/page/Panel';
import { useCursor } from '../../../hooks/useCursor';
import { Asking } from './AskedPanel';

interface Found<T> {
  results: T[];
  next: string | null;
}

interface FoundListProps<T> {
  title: string;
  placeholder: string;
  empty: string;
  testId: string;
  query: (prefix: string, cursor: string | null) => UseQueryOptions<Found<T>, Error, Found<T>, (string | null)[]>;
  children: (rows: T[]) => ReactNode;
}

export function FoundList<T>({ title, placeholder, empty, testId, query, children }: FoundListProps<T>) {
  const [text, setText] = useState('');
  const [prefix] = useDebouncedValue(text.trim(), 250);
  const { cursor, page, back, next } = useCursor({ prefix });
  const { data, error, refetch } = useQuery(query(prefix, cursor));
  const find = (
    <TextInput
      size="xs"
      w={220}
      placeholder={placeholder}
      aria-label={placeholder}
      value={text}
      autoCapitalize="none"
      spellCheck={false}
      onChange={(event) => setText(event.currentTarget.value)}
      data-testid={`${testId}-find`}
    />
  );
  return (
    <Panel title={title} flush testId={testId} side={find}>
      {data === undefined && error === null && <Asking rows={6} />}
      {error && <LoadFailed error={error} onRetry={() => void refetch()} />}
      {data?.results.length === 0 && <Blank title={prefix === '' ? empty : `Nothing begins with “${prefix}”`} />}
      {data !== undefined && data.results.length > 0 && children(data.results)}
      {data !== undefined && (
        <Pager page={page} hasNext={data.next !== null} onBack={back} onNext={() => data.next !== null && next(data.next)} />
      )}
    </Panel>
  );
}

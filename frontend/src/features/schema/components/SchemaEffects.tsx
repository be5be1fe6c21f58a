/** What the changed schema would do to how many cases, while it is edited and before it is saved. */
import { skipToken, useQuery } from '@tanstack/react-query';
import { useDebouncedValue } from '@mantine/hooks';

import { Notice } from '../../../components/messages/Notice';
import { Refused } from '../../../components/messages/Refused';
import type { Finding, RegionClass } from '../../../api/types';
import { schemaPreviewQuery } from '../api/schema';
import { casesSentence, findingSentences } from '../effects';

interface SchemaEffectsProps {
  slug: string;
  /** What is edited; null while nothing is changed, or what is written cannot be saved yet. */
  content: { findings: Finding[]; region_classes: RegionClass[] } | null;
}

export function SchemaEffects({ slug, content }: SchemaEffectsProps) {
  const text = content === null ? null : JSON.stringify(content);
  const [settled] = useDebouncedValue(text, 300);
  const query = schemaPreviewQuery(slug, settled ?? '');
  const { data, error } = useQuery({ ...query, ...(settled === null ? { queryFn: skipToken } : {}) });
  if (text === null || settled === null) return null;
  if (error) return <Refused error={error} />;
  if (!data) return null;
  const overall = casesSentence(data);
  return (
    <Notice testId="schema-effects">
      <strong>What saving does.</strong> {overall || 'No case is read or waits yet: nothing is changed by that.'}
      {data.findings.length > 0 && (
        <ul style={{ margin: '4px 0 0', paddingLeft: 18 }}>
          {data.findings.map((change) => (
            <li key={change.code} data-testid={`effect-${change.code}`}>
              {findingSentences(change).join(' ')}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

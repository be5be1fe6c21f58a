/** Findings that came after some cases were read: how many lack them, and asking them in a round of their own. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { Finding } from '../../../api/types';
import { Notice } from '../../../components/messages/Notice';
import { Panel } from '../../../components/page/Panel';
import { Refused } from '../../../components/messages/Refused';
import { plural } from '../../../lib/format';
import { roundPreviewQuery, useSupplementary } from '../api/rounds';

export function SupplementaryPanel({ slug, findings }: { slug: string; findings: Finding[] }) {
  const { data } = useQuery(roundPreviewQuery(slug));
  const open = useSupplementary(slug);
  const lacking = data?.results ?? [];
  if (lacking.length === 0 && !open.isSuccess) return null;
  const name = (code: string) => findings.find((finding) => finding.code === code)?.name ?? code;
  return (
    <Panel title="Cases read before a finding was added" testId="supplementary">
      {open.isError && <Refused error={open.error} />}
      {open.isSuccess && (
        <Notice testId="pass-opened">
          Round {open.data.number} asks {open.data.findings?.map(name).join(', ')} of these cases, before other work.
        </Notice>
      )}
      {lacking.map(({ finding, n_cases, n_reads }) => (
        <div key={finding} style={{ display: 'flex', gap: 12, alignItems: 'center', margin: '8px 0' }}>
          <span style={{ flex: 1 }} data-testid={`lacking-${finding}`}>
            {name(finding)}: missing in {plural(n_cases, 'case')}. Asking only it takes {plural(n_reads, 'read')}; the other
            labels stay.
          </span>
          <Button
            size="xs"
            variant="default"
            loading={open.isPending && open.variables === finding}
            onClick={() => open.mutate(finding)}
            data-testid={`ask-${finding}`}
          >
            Ask {name(finding)}
          </Button>
        </div>
      ))}
    </Panel>
  );
}

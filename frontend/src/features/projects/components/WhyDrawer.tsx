/** The why-queued record of a case: its place in the ranking, and every time it was offered. */
import { Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { Finding } from '../../../api/types';
import { Blank, LoadFailed, LoadingRows } from '../../../components/Blank';
import { Panel } from '../../../components/Panel';
import { ago, dateTime, decimal } from '../../../lib/format';
import { caseWhyQuery, type CaseWhy, type WhyRanked } from '../api/cases';
import { findingName } from '../figures';

const RULES: Record<string, string> = {
  returned: 'sent back to the reader',
  reopened: 'a slot that was given back',
  begun: 'begun, still lacked a read',
  evaluation: 'validation or test, interleaved',
  ranking: 'next in the ranking',
  random: 'next in random order',
  imported: 'read that came with the data',
};

interface WhyDrawerProps {
  caseId: string | null;
  findings: Finding[];
  onClose: () => void;
}

export function WhyDrawer({ caseId, findings, onClose }: WhyDrawerProps) {
  const why = useQuery({ ...caseWhyQuery(caseId ?? ''), enabled: caseId !== null });
  return (
    <Drawer
      opened={caseId !== null}
      onClose={onClose}
      position="right"
      size={560}
      title={why.data ? `Why ${why.data.label} was offered` : 'Why it was offered'}
      overlayProps={{ backgroundOpacity: 0.25 }}
      data-testid="why"
    >
      {caseId !== null && why.isPending && <LoadingRows />}
      {why.error && <LoadFailed error={why.error} />}
      {why.data && <Why why={why.data} findings={findings} />}
    </Drawer>
  );
}

function Why({ why, findings }: { why: CaseWhy; findings: Finding[] }) {
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      <Panel title="Place in the ranking in force">
        {why.ranking === null ? (
          <div className="lh-note">It has none: not a pool case, begun before, or the order is random.</div>
        ) : (
          <Ranked ranked={why.ranking} findings={findings} />
        )}
      </Panel>
      <Panel title="Offered to" flush>
        {why.assignments.length === 0 ? (
          <Blank title="Nobody yet" />
        ) : (
          <table className="lh-table">
            <thead>
              <tr>
                <th scope="col">Reader</th>
                <th scope="col">When</th>
                <th scope="col">Rule</th>
                <th scope="col" className="lh-num">
                  Place
                </th>
                <th scope="col" className="lh-num">
                  Score
                </th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {why.assignments.map((each, i) => (
                <tr key={i}>
                  <td>{each.reader}</td>
                  <td>{dateTime(each.created_at)}</td>
                  <td>
                    {RULES[each.rule] ?? each.rule}
                    {each.model ? <div className="lh-note">model {each.model}</div> : null}
                  </td>
                  <td className="lh-num">{each.position ?? ''}</td>
                  <td className="lh-num">{each.score === null ? '' : decimal(each.score, 3)}</td>
                  <td>{each.state}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Panel>
    </div>
  );
}

function Ranked({ ranked, findings }: { ranked: WhyRanked; findings: Finding[] }) {
  return (
    <>
      <div>
        Place <strong>{ranked.position}</strong>, for {ranked.why}, score {decimal(ranked.score, 3)}
      </div>
      <div className="lh-note">
        {Object.entries(ranked.probabilities)
          .map(([code, p]) => `${findingName(findings, code)} ${decimal(p)}`)
          .join(' · ')}
      </div>
      <div className="lh-note">
        {[ranked.model_number ? `model ${ranked.model_number}` : null, ranked.acquisition, ranked.published_at && ago(ranked.published_at)]
          .filter(Boolean)
          .join(', ')}
      </div>
    </>
  );
}

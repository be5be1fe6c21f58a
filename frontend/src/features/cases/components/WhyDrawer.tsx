/** The why-queued record of a case: its place in the ranking, and every time it was offered. */
import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { Blank, LoadFailed, LoadingRows } from '../../../components/messages/Blank';
import { Panel } from '../../../components/page/Panel';
import { ReaderOfCase } from '../../../components/page/ReaderOfCase';
import { TableHead } from '../../../components/page/TableHead';
import { findingName } from '../../../lib/findings';
import { ago, dateTime, decimal, words } from '../../../lib/format';
import { caseWhyQuery, type CaseWhy, type Offer, type Ranked } from '../api/cases';
import { ruleName, type Names } from '../sentences';
import { CaseImages } from './CaseImages';
import { CaseObjects } from './CaseObjects';
import { JoinPatients } from './JoinPatients';

interface WhyDrawerProps {
  caseId: string | null;
  /** Address of the case's own page. */
  page: string;
  findings: Names['findings'];
  /** Whether she may say that two cases are of one person. */
  mayJoin: boolean;
  onClose: () => void;
}

export function WhyDrawer({ caseId, page, findings, mayJoin, onClose }: WhyDrawerProps) {
  const why = useQuery({ ...caseWhyQuery(caseId ?? ''), enabled: caseId !== null });
  return (
    <Drawer
      opened={caseId !== null}
      onClose={onClose}
      position="right"
      size={560}
      title={why.data?.label ?? 'Case'}
      overlayProps={{ backgroundOpacity: 0.25 }}
      data-testid="why"
    >
      <Button component={Link} to={page} size="xs" variant="default" mb={14} data-testid="open-case">
        Open its page
      </Button>
      {caseId !== null && why.isPending && <LoadingRows />}
      {why.error && <LoadFailed error={why.error} />}
      {why.data && <Why why={why.data} findings={findings} />}
      {caseId !== null && <CaseImages caseId={caseId} />}
      {caseId !== null && <CaseObjects caseId={caseId} />}
      {caseId !== null && mayJoin && why.data && (
        <div style={{ marginTop: 14 }}>
          <JoinPatients key={caseId} caseId={caseId} label={why.data.label} />
        </div>
      )}
    </Drawer>
  );
}

function Why({ why, findings }: { why: CaseWhy; findings: Names['findings'] }) {
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      <Panel title="Place in the order">
        <div>{why.message}</div>
        {why.ranking && <Place ranked={why.ranking} findings={findings} />}
      </Panel>
      <Panel title="Offered to" flush>
        {why.offers.length === 0 ? <Blank title="Nobody yet" /> : <Offers offers={why.offers} />}
      </Panel>
    </div>
  );
}

function Offers({ offers }: { offers: Offer[] }) {
  return (
    <table className="lh-table">
      <TableHead columns={['Reader', 'When', 'Rule', 'State']} />
      <tbody>
        {offers.map((offer) => (
          <tr key={`${offer.reader}/${offer.reserved_at}`}>
            <td>
              <ReaderOfCase name={offer.reader} position={offer.reader_position} />
            </td>
            <td>{dateTime(offer.reserved_at)}</td>
            <td>
              {ruleName(offer.rule)}
              {offer.model_number !== null && (
                <div className="lh-note">
                  model {offer.model_number}
                  {offer.queue_position !== null && `, place ${offer.queue_position}`}
                  {offer.why !== '' && `, for ${words(offer.why).toLowerCase()}`}
                  {offer.score !== null && ` (${decimal(offer.score, 3)})`}
                </div>
              )}
            </td>
            <td>{words(offer.state)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Place({ ranked, findings }: { ranked: Ranked; findings: Names['findings'] }) {
  return (
    <div className="lh-note">
      Score {decimal(ranked.score, 3)} by {ranked.acquisition}, published {ago(ranked.published_at)}.
      <br />
      {Object.entries(ranked.probabilities)
        .map(([code, p]) => `${findingName(findings, code)} ${decimal(p)}`)
        .join(' · ')}
    </div>
  );
}

/** How cases are read: a form that reads like a sentence, and what follows when reads differ. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import { dashboardQuery } from '../../api/dashboard';
import { projectQuery, type Project, type Protocol } from '../../api/projects';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Notice } from '../../components/messages/Notice';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { Refused } from '../../components/messages/Refused';
import { UnsavedGuard } from '../../components/dialogs/UnsavedGuard';
import { count, plural } from '../../lib/format';
import { newerVersion, slotsPreviewQuery, useSaveProtocol } from './api/schema';
import { NewerVersion } from './components/NewerVersion';
import { ResettlePanel } from './components/ResettlePanel';
import { ProtocolSentence } from './components/ProtocolSentence';
import { RulesTable } from './components/RulesTable';
import { protocolFrom, protocolParts } from './parts';
import { readingCost, rulesFor, rulesSentences, slotsSentences, typicalSeconds } from './protocol';

import './schema.css';

export function ProtocolRoute() {
  const slug = useParams().slug as string;
  const project = useQuery(projectQuery(slug));
  // Once it is there it stays: a later answer that does not come must not take away what she edits.
  if (!project.data && project.error) return <LoadFailed error={project.error} onRetry={() => void project.refetch()} />;
  if (!project.data) return <LoadingRows rows={8} />;
  const protocol = project.data.protocol;
  if (!protocol || protocol.version === undefined) {
    return <Notice tone="warn">The protocol is shown to data managers only.</Notice>;
  }
  return <ProtocolForm key={slug} project={project.data} inForce={protocol as Protocol} />;
}

function ProtocolForm({ project, inForce }: { project: Project; inForce: Protocol }) {
  const [saved, setSaved] = useState(inForce);
  const base = { ...saved, finding_rules: rulesFor(project.schema.findings, saved) };
  const [protocol, setProtocol] = useState(base);
  const save = useSaveProtocol(project.slug);
  const changed = JSON.stringify(protocol) !== JSON.stringify(base);
  const rulesOf = ({ finding_rules, iou_threshold }: Protocol) => JSON.stringify([finding_rules, iou_threshold]);
  const change = (values: Partial<Protocol>) => setProtocol({ ...protocol, ...values });
  const newer = newerVersion<Protocol>(save.error);
  const whole = (each: Protocol) => ({ ...each, finding_rules: rulesFor(project.schema.findings, each) });
  const begin = (from: Protocol, content: Protocol = from) => {
    setSaved(from);
    setProtocol(whole({ ...content, version: from.version }));
  };
  // A version that somebody else saved becomes the base only while there are no edits that it would drop.
  if (!changed && inForce.version > saved.version) begin(inForce);

  const submit = () =>
    save.mutate(protocol, {
      onSuccess: (made) => {
        setSaved(made);
        // What was changed while this was on its way stays, as a change of the new version.
        setProtocol((now) => (now === protocol ? whole(made) : { ...now, version: made.version }));
      },
    });
  return (
    <Page
      title="Reading protocol"
      lead={`Version ${saved.version} is in force. What readers see of a new version counts for cases opened after it, its rules for cases settled after it, its number of readers for all that are not closed.`}
      width="form"
      actions={
        <>
          <Button size="xs" variant="subtle" component={Link} to={`/p/${project.slug}/as-reader`} data-testid="as-reader">
            See as a reader
          </Button>
          <Button size="xs" variant="default" disabled={!changed} onClick={() => setProtocol(base)}>
            Undo changes
          </Button>
          <Button size="xs" disabled={!changed} loading={save.isPending} onClick={submit} data-testid="protocol-save">
            Save as version {saved.version + 1}
          </Button>
        </>
      }
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <UnsavedGuard changed={changed} />
        {save.isError && !newer && <Refused error={save.error} />}
        {newer && (
          <NewerVersion
            savedVersion={newer.version}
            base={protocolParts(whole(newer.base ?? saved))}
            mine={protocolParts(protocol)}
            saved={protocolParts(whole(newer.saved))}
            onMerge={(parts) => {
              begin(newer.saved, protocolFrom(parts, newer.saved));
              save.reset();
            }}
            onClose={save.reset}
          />
        )}
        <Panel title="How a case is read">
          <ProtocolSentence protocol={protocol} onChange={change} />
        </Panel>
        <Cost slug={project.slug} readersPerCase={protocol.readers_per_case} />
        {protocol.readers_per_case !== saved.readers_per_case && (
          <SlotsChange slug={project.slug} readersPerCase={protocol.readers_per_case} />
        )}
        <Panel title="When reads differ" flush testId="finding-rules">
          <RulesTable
            findings={project.schema.findings}
            rules={protocol.finding_rules}
            onChange={(finding_rules) => change({ finding_rules })}
          />
        </Panel>
        {rulesOf(protocol) !== rulesOf(base) && (
          <RulesChange slug={project.slug} readersPerCase={protocol.readers_per_case} />
        )}
        <ResettlePanel
          slug={project.slug}
          names={Object.fromEntries(project.schema.findings.map((finding) => [finding.code, finding.name]))}
        />
      </div>
    </Page>
  );
}

function duration(hours: number): string {
  return hours < 1.5 ? plural(Math.max(1, Math.round(hours * 60)), 'minute') : `${count(Math.round(hours))} hours`;
}

/** What the chosen number of readers means for the cases that are not closed, before it is saved. */
function SlotsChange({ slug, readersPerCase }: { slug: string; readersPerCase: number }) {
  const { data, error } = useQuery(slotsPreviewQuery(slug, readersPerCase));
  if (error) return <Refused error={error} />;
  if (!data) return null;
  return <Notice testId="slots-preview">{slotsSentences(data).join(' ')}</Notice>;
}

/** Which cases other rules settle, before they are saved. */
function RulesChange({ slug, readersPerCase }: { slug: string; readersPerCase: number }) {
  const { data, error } = useQuery(slotsPreviewQuery(slug, readersPerCase));
  if (error) return <Refused error={error} />;
  if (!data) return null;
  return <Notice testId="rules-preview">{rulesSentences(data).join(' ')}</Notice>;
}

/** What the chosen number of readers costs on the cases that are there. */
function Cost({ slug, readersPerCase }: { slug: string; readersPerCase: number }) {
  const { data } = useQuery(dashboardQuery(slug));
  if (!data) return null;
  const cost = readingCost(data.cases.total, readersPerCase, typicalSeconds(data.readers));
  return (
    <Notice testId="protocol-cost">
      {plural(data.cases.total, 'case')} at {plural(readersPerCase, 'read')} each: {plural(cost.reads, 'read')}
      {cost.hours !== null && `, about ${duration(cost.hours)} at the present pace`}.{' '}
      {readersPerCase === 1 && 'With one reader there is no agreement to measure and nothing to adjudicate.'}
    </Notice>
  );
}

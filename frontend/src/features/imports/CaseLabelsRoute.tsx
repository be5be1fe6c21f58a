/** Labels by table for cases that the project has: choose, see what it would do, take it. */
import { Anchor, Button, Checkbox, Group, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import { jobsQuery } from '../../api/jobs';
import { membersQuery, type Member } from '../../api/members';
import { LoadingRows } from '../../components/messages/Blank';
import { Notice } from '../../components/messages/Notice';
import { Refused } from '../../components/messages/Refused';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { caseLabelsQuery, previewCaseLabels, takeCaseLabels, type CaseLabelsReport as Report } from './api/caseLabels';
import { isReads, labelsAsWords, numberOf, numberToTake, readsOf } from './caseLabelWords';
import { CaseLabelsReport } from './components/CaseLabelsReport';
import { TablePicker } from './components/TablePicker';
import { TakenTables } from './components/TakenTables';
import { count, plural } from '../../lib/format';

/** One table as one kind of labels; `id` makes a second press of the button harmless. */
interface Sent {
  table: File;
  labelsAs: string;
  id: string;
}

export function CaseLabelsRoute() {
  const slug = useParams().slug as string;
  const queryClient = useQueryClient();
  const members = useQuery(membersQuery(slug));
  const [labelsAs, setLabelsAs] = useState('reference');
  const [sent, setSent] = useState<Sent | null>(null);
  const [replaces, setReplaces] = useState(false);
  const preview = useMutation({ mutationFn: (of: Sent) => previewCaseLabels(slug, of.table, of.labelsAs) });
  const take = useMutation({
    mutationFn: (of: Sent) => takeCaseLabels(slug, { ...of, replaces: replaces && !isReads(of.labelsAs) }),
    onSuccess: () => setSent(null),
    onSettled: () =>
      Promise.all([
        queryClient.invalidateQueries(caseLabelsQuery(slug)),
        queryClient.invalidateQueries(jobsQuery(slug)),
      ]),
  });
  const look = (table: File, as: string) => {
    const next = { table, labelsAs: as, id: crypto.randomUUID() };
    setSent(next);
    setReplaces(false);
    take.reset();
    preview.mutate(next);
  };

  return (
    <Page
      title="Labels for cases that are here"
      lead={
        <>
          Set by a table, shown before anything changes. For labels that come with new images choose the table under{' '}
          <Anchor inherit underline="always" component={Link} to={`/p/${slug}/imports`}>
            Import
          </Anchor>
          .
        </>
      }
      width="form"
    >
      <div style={{ display: 'grid', gap: 14 }}>
        <Panel>
          <Group gap={12} align="flex-end">
            <Select
              size="xs"
              w={280}
              label="What the labels are"
              data={labelKinds(members.data?.results ?? [])}
              value={labelsAs}
              allowDeselect={false}
              disabled={take.isPending}
              data-testid="case-labels-as"
              onChange={(value) => {
                if (value === null) return;
                setLabelsAs(value);
                if (sent !== null) look(sent.table, value);
              }}
            />
            <TablePicker
              label={sent === null ? 'Choose a table' : 'Choose another table'}
              disabled={take.isPending}
              loading={preview.isPending}
              onTable={(table) => look(table, labelsAs)}
            />
          </Group>
          <p className="lh-note" style={{ margin: '10px 0 0' }}>
            One column names the case: case_number, or image for the name of one of its files; then one column per
            finding with 1, 0, -1 (uncertain) or nothing. {EXPLAINED[isReads(labelsAs) ? 'read' : labelsAs]}
          </p>
        </Panel>
        {sent !== null && (
          <Panel title="What this table would do" side={sent.table.name} testId="case-labels-preview">
            {preview.isPending && <LoadingRows rows={3} />}
            {preview.isError && <Refused error={preview.error} />}
            {preview.isSuccess && (
              <Taking
                report={preview.data}
                replaces={replaces}
                onReplaces={setReplaces}
                isBusy={take.isPending}
                onTake={() => take.mutate(sent)}
              />
            )}
            {take.isError && <Refused error={take.error} />}
          </Panel>
        )}
        {take.isSuccess && <Notice testId="case-labels-sent">The table is being taken. What came of it stands below.</Notice>}
        <TakenTables slug={slug} />
      </div>
    </Page>
  );
}

const EXPLAINED: Record<string, string> = {
  reference: 'Reference labels are shown to nobody who reads, and never become consensus or training data.',
  'hidden-truth': 'Hidden truth serves simulated readers and evaluation. It is never shown and never trained on.',
  read: 'Each case gets one read in this reader’s name, and counts as read. Nothing that anybody has read is shown here, and no read is replaced.',
};

function labelKinds(members: Member[]): { group: string; items: { value: string; label: string }[] }[] {
  const readers = members.filter((member) => member.roles.includes('reader'));
  return [
    { group: 'Labels', items: ['reference', 'hidden-truth'].map((value) => ({ value, label: capital(labelsAsWords(value)) })) },
    ...(readers.length === 0
      ? []
      : [
          {
            group: 'Reads of',
            items: readers.map(({ user: { username, display_name } }) => ({
              value: readsOf(username),
              label: display_name !== '' && display_name !== username ? `${display_name} (${username})` : username,
            })),
          },
        ]),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface TakingProps {
  report: Report;
  replaces: boolean;
  onReplaces: (replaces: boolean) => void;
  isBusy: boolean;
  onTake: () => void;
}

function Taking({ report, replaces, onReplaces, isBusy, onTake }: TakingProps) {
  const nDifferent = numberOf(report, 'different');
  const n = numberToTake(report, replaces);
  const noun = isReads(report.labels_as) ? 'read' : 'label';
  return (
    <div style={{ display: 'grid', gap: 14 }}>
      <CaseLabelsReport report={report} />
      {nDifferent > 0 && (
        <Checkbox
          size="xs"
          label={`Replace the ${plural(nDifferent, 'label')} that ${nDifferent === 1 ? 'stands' : 'stand'} otherwise now. Each is kept in the audit trail.`}
          checked={replaces}
          disabled={isBusy}
          onChange={(event) => onReplaces(event.currentTarget.checked)}
          data-testid="case-labels-replace"
        />
      )}
      <Group gap={10}>
        <Button size="xs" disabled={n === 0} loading={isBusy} onClick={onTake} data-testid="case-labels-take">
          {n === 0 ? 'Nothing to take' : `Take ${count(n)} ${n === 1 ? noun : `${noun}s`}`}
        </Button>
        <span className="lh-note">Nothing has changed yet.</span>
      </Group>
    </div>
  );
}

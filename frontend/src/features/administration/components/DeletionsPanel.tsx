/** Projects that are to be deleted, can be taken back, or are gone. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { Blank, LoadFailed } from '../../../components/messages/Blank';
import { Refused } from '../../../components/messages/Refused';
import { StateMark, type Tone } from '../../../components/messages/StateMark';
import { Pager } from '../../../components/page/Pager';
import { Panel } from '../../../components/page/Panel';
import { TableHead, untitled } from '../../../components/page/TableHead';
import { useCursor } from '../../../hooks/useCursor';
import { dateTime, plural } from '../../../lib/format';
import { deletionsQuery, useTakeBack, type Deletion } from '../api/administration';
import { Asking } from './AskedPanel';

export function DeletionsPanel() {
  const { cursor, page, back, next } = useCursor();
  const { data, error, refetch } = useQuery(deletionsQuery(cursor));
  const takeBack = useTakeBack();
  return (
    <Panel title="Deleted projects" flush testId="panel-deletions">
      {data === undefined && error === null && <Asking rows={2} />}
      {error && <LoadFailed error={error} onRetry={() => void refetch()} />}
      {takeBack.isError && <Refused error={takeBack.error} />}
      {data?.results.length === 0 && <Blank title="No project was deleted" />}
      {data !== undefined && data.results.length > 0 && (
        <table className="lh-table">
          <TableHead columns={['Project', 'By', 'Why', 'State', untitled('Take back')]} />
          <tbody>
            {data.results.map((deletion) => (
              <DeletionRow
                key={deletion.id}
                deletion={deletion}
                isTaking={takeBack.isPending && takeBack.variables === deletion.id}
                onTakeBack={() => takeBack.mutate(deletion.id)}
              />
            ))}
          </tbody>
        </table>
      )}
      {data !== undefined && (
        <Pager page={page} hasNext={data.next !== null} onBack={back} onNext={() => data.next !== null && next(data.next)} />
      )}
    </Panel>
  );
}

interface DeletionRowProps {
  deletion: Deletion;
  isTaking: boolean;
  onTakeBack: () => void;
}

function DeletionRow({ deletion, isTaking, onTakeBack }: DeletionRowProps) {
  return (
    <tr data-testid="deletion" data-state={deletion.state}>
      <td style={{ overflowWrap: 'anywhere' }}>
        {deletion.name ?? <span className="lh-mono">{deletion.project_id.slice(0, 8)}</span>}
        <div className="lh-note">{deletion.slug ?? 'its name is gone with it'}</div>
      </td>
      <td>
        {deletion.asked_by}
        <div className="lh-note">{dateTime(deletion.asked_at)}</div>
      </td>
      <td style={{ overflowWrap: 'anywhere' }}>{deletion.reason}</td>
      <td>
        <StateMark tone={TONES[deletion.state]}>{NAMES[deletion.state]}</StateMark>
        <div className="lh-note">{stateSentence(deletion)}</div>
      </td>
      <td className="lh-num">
        {deletion.allowed_actions.includes('take_back') && (
          <Button
            size="compact-xs"
            variant="default"
            loading={isTaking}
            aria-label={`Take back the deletion of ${deletion.name ?? 'the project'}`}
            onClick={onTakeBack}
            data-testid="take-back"
          >
            Take back
          </Button>
        )}
      </td>
    </tr>
  );
}

const TONES: Record<Deletion['state'], Tone> = { waiting: 'warn', running: 'busy', done: 'idle', taken_back: 'good' };
const NAMES: Record<Deletion['state'], string> = {
  waiting: 'can be taken back',
  running: 'being deleted',
  done: 'gone',
  taken_back: 'taken back',
};

export function stateSentence(deletion: Deletion, now: Date = new Date()): string {
  const { state, progress } = deletion;
  switch (state) {
    case 'waiting':
      return new Date(deletion.due_at) > now ? `until ${dateTime(deletion.due_at, now)}` : 'until its deletion begins, any moment';
    case 'running':
      if (deletion.message !== '') return `the last attempt failed and is made again: ${deletion.message}`;
      return progress === null ? 'it has begun' : `${progress.stage}, ${progress.done} of ${plural(progress.total, 'case')}`;
    case 'done':
      return `${dateTime(deletion.finished_at, now)}: ${plural(deletion.n_cases, 'case')}, ${plural(deletion.n_reads, 'read')}`;
    case 'taken_back':
      return dateTime(deletion.taken_back_at, now);
  }
}

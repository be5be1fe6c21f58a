/** One page of cases, a row each. */
import { Anchor, Button } from '@mantine/core';
import { IconFlag } from '@tabler/icons-react';
import { Link } from 'react-router';

import { errorMessage } from '../../../api/errors';
import { StateMark } from '../../../components/messages/StateMark';
import { TableHead, untitled, type Column, type Order } from '../../../components/page/TableHead';
import { ago, dateTime, NOTHING, plural } from '../../../lib/format';
import { warningName } from '../../../lib/warnings';
import { useAcceptVersion, type CaseRow } from '../api/cases';
import { BY_DISAGREEMENT, BY_NUMBER, BY_SCORE, type Asked } from '../asked';
import classes from '../cases.module.css';
import { labelText, scoreText } from '../outcomeText';
import type { Names } from '../sentences';
import { stateMark } from '../states';
import { share, type Ticks } from '../ticks';
import { TickAll, TickBox } from './TickBox';

export interface CasesViewProps {
  /** What a model says is shown: to nobody who reads in the project herself. */
  hasScores: boolean;
  slug: string;
  cases: CaseRow[];
  findings: Names['findings'];
  ticks: Ticks;
  onTick: (id: string, toRange: boolean) => void;
  onTickAll: (isOn: boolean) => void;
  onOpen: (id: string) => void;
}

interface CasesTableProps extends CasesViewProps {
  asked: Asked;
  onOrder: (order: string) => void;
  /** Whether any study of the project names its site. */
  hasSites: boolean;
  opened: string | null;
  /** She may give readers a version that waits. */
  mayAccept: boolean;
}

export function CasesTable({ slug, cases, asked, onOrder, hasSites, opened, mayAccept, hasScores, findings, ticks, onTick, onTickAll, onOpen }: CasesTableProps) {
  const by = (name: string, ...orders: string[]): Column => ({ name, order: orderBy(asked.order, orders, onOrder) });
  const columns = [
    { name: 'Tick', width: 28, content: <TickAll ticked={share(ticks, cases)} onTickAll={onTickAll} /> },
    untitled('Picture'),
    by('Case', BY_NUMBER, '-number'),
    'Split',
    'State',
    { name: 'Reads', isFigures: true },
    by('Newest read', '-read', 'read'),
    'View',
    ...(hasSites ? ['Site'] : []),
    ...(asked.hasOutcomes ? [by('Outcome', BY_DISAGREEMENT)] : []),
    ...(hasScores ? [{ ...by('Score', BY_SCORE), isFigures: true }] : []),
    'Notes',
  ];
  return (
    <table className={`lh-table ${classes.table}`}>
      <TableHead columns={columns} />
      <tbody>
        {cases.map((each) => (
          <tr
            key={each.id}
            data-clickable
            data-selected={each.id === opened || ticks.has(each.id) || undefined}
            onClick={(event) => isWholeRow(event.target) && onOpen(each.id)}
            data-testid={`case-${each.id}`}
          >
            <td>
              <TickBox id={each.id} label={each.label} isTicked={ticks.has(each.id)} onTick={onTick} />
            </td>
            <td style={{ width: 48, paddingInline: 2 }}>
              {each.thumbnail_url !== '' && (
                <img src={each.thumbnail_url} alt="" loading="lazy" width={44} height={44} className={classes.thumb} />
              )}
            </td>
            <td className="lh-nowrap">
              <Anchor component={Link} to={`/p/${slug}/cases/${each.number}`} size="sm">
                {each.label}
              </Anchor>
            </td>
            <td>{each.split}</td>
            <td>
              <StateMark tone={stateMark(each.state).tone}>{stateMark(each.state).name}</StateMark>
            </td>
            <td className="lh-num">
              {each.n_submitted} / {each.n_needed}
            </td>
            <td className="lh-nowrap" title={dateTime(each.newest_read_at)}>
              {ago(each.newest_read_at)}
            </td>
            <td>{each.view || NOTHING}</td>
            {hasSites && <td>{each.site || NOTHING}</td>}
            {asked.hasOutcomes && (
              <td>
                <Outcome row={each} findings={findings} />
              </td>
            )}
            {hasScores && (
              <td className="lh-num">
                {each.place === null ? NOTHING : scoreText(each)}
                {each.place !== null && <div className="lh-note">place {each.place.position}</div>}
              </td>
            )}
            <td className={`lh-note ${classes.notes}`}>
              {notes(each)}
              {each.held_version !== null && <HeldVersion caseId={each.id} version={each.held_version} mayAccept={mayAccept} />}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Choosing the column's first order; turning it round where it has two, else going back to that of numbers. */
function orderBy(order: string, [first = BY_NUMBER, second]: string[], onOrder: (order: string) => void): Order {
  const isOn = order === first || order === second;
  return {
    direction: isOn ? (order.startsWith('-') ? 'descending' : 'ascending') : undefined,
    onTurn: () => onOrder(order === first ? (second ?? BY_NUMBER) : first),
  };
}

/** The row opens the case, but for what in it has a use of its own. */
function isWholeRow(target: EventTarget): boolean {
  return target instanceof Element && target.closest('input, button, a') === null;
}

function Outcome({ row, findings }: { row: CaseRow; findings: Names['findings'] }) {
  if (row.outcome === null) return null;
  const { n_discordant: nDiscordant, is_flagged: isFlagged } = row.outcome;
  return (
    <div className={classes.outcome}>
      {labelText(row, findings) || NOTHING}
      {(nDiscordant > 0 || isFlagged) && (
        <div className="lh-note">
          {nDiscordant > 0 && `discordant ${nDiscordant} `}
          {isFlagged && (
            <span className="lh-nowrap">
              <IconFlag size={12} aria-hidden /> flagged
            </span>
          )}
        </div>
      )}
    </div>
  );
}

/** Images came after somebody opened the case: the manager decides whether readers get them. */
function HeldVersion({ caseId, version, mayAccept }: { caseId: string; version: number; mayAccept: boolean }) {
  const accept = useAcceptVersion();
  return (
    <div>
      Version {version} with later images waits.{' '}
      {mayAccept && (
        <Button
          size="compact-xs"
          variant="default"
          loading={accept.isPending}
          onClick={() => accept.mutate(caseId)}
          data-testid={`accept-version-${caseId}`}
        >
          Give it to readers
        </Button>
      )}
      {accept.isError && <div>{errorMessage(accept.error)}</div>}
    </div>
  );
}

/** What is worth a word: several images, later versions, cases the model cannot score, warnings of the import. */
function notes(row: CaseRow): string {
  return [
    row.n_images > 1 ? plural(row.n_images, 'image') : '',
    row.version > 1 ? `version ${row.version}` : '',
    row.n_objects > 0 ? `${plural(row.n_objects, 'object')} about it` : '',
    row.can_be_scored ? '' : 'no image that the model can score',
    ...row.warnings.map(warningName),
  ]
    .filter((each) => each !== '')
    .join(' · ');
}

/** Each round with what it asks, of whom, and how far it is. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';

import type { Finding } from '../../../api/types';
import { Dialog } from '../../../components/dialogs/Dialog';
import { Refused } from '../../../components/messages/Refused';
import { Meter } from '../../../components/page/Stat';
import { StateMark } from '../../../components/messages/StateMark';
import { figures, TableHead, untitled } from '../../../components/page/TableHead';
import { count, dateTime, NOTHING, plural } from '../../../lib/format';
import { purposeName } from '../../../lib/rounds';
import { useCloseRound, type RoundRow } from '../api/rounds';

interface RoundsTableProps {
  slug: string;
  rounds: RoundRow[];
  findings: Finding[];
}

export function RoundsTable({ slug, rounds, findings }: RoundsTableProps) {
  const [closing, setClosing] = useState<RoundRow | null>(null);
  const close = useCloseRound(slug);
  return (
    <>
      {close.isError && <Refused error={close.error} />}
      <table className="lh-table">
        <TableHead
          columns={[
            'Round',
            'Purpose',
            'Asks',
            'Readers',
            figures('Cases closed'),
            figures('Reads'),
            { name: 'Progress', width: '14%' },
            'State',
            untitled('Closing'),
          ]}
        />
        <tbody>
          {rounds.map((round) => (
            <tr key={round.number} data-testid={`round-${round.number}`}>
              <td>{round.number}</td>
              <td>{round.number === 1 ? 'standing, labels' : purposeName(round.purpose)}</td>
              <td>{asks(round, findings)}</td>
              <td>{readers(round)}</td>
              <td className="lh-num">{of(round.progress?.n_closed, round.progress?.n_cases)}</td>
              <td className="lh-num">{of(round.progress?.done, round.progress?.needed)}</td>
              <td>
                {round.progress && round.progress.needed > 0 && (
                  <Meter share={round.progress.done / round.progress.needed} label={`Reads of round ${round.number}`} />
                )}
              </td>
              <td>
                <RoundState round={round} />
              </td>
              <td className="lh-num">
                {round.number !== 1 && round.closed_at === null && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    onClick={() => setClosing(round)}
                    aria-label={`Close round ${round.number}`}
                    data-testid={`close-round-${round.number}`}
                  >
                    Close
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Dialog title={`Close round ${closing?.number}?`} opened={closing !== null} onClose={() => setClosing(null)} testId="close-round">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (closing) close.mutate(closing.number);
            setClosing(null);
          }}
        >
          None of its cases is given out any more. What is read or being read stays. A closed round is not opened again.
          <Group justify="flex-end" gap="xs" mt="md">
            <Button variant="default" onClick={() => setClosing(null)}>
              Leave it open
            </Button>
            <Button type="submit" color="red.9" title="Ctrl Enter" data-testid="close-round-done" data-autofocus>
              Close the round
            </Button>
          </Group>
        </form>
      </Dialog>
    </>
  );
}

function asks(round: RoundRow, findings: Finding[]): string {
  if (round.findings === null) return 'all findings';
  return round.findings.map((code) => findings.find((each) => each.code === code)?.name ?? code).join(', ');
}

function readers({ for_all, n_readers, readers_per_case }: RoundRow): string {
  const who = for_all ? 'all readers' : plural(n_readers, 'reader');
  return `${who}, ${readers_per_case === null ? 'as many a case as the protocol says' : `${count(readers_per_case)} a case`}`;
}

function of(done: number | undefined, all: number | undefined): string {
  return done === undefined || all === undefined ? NOTHING : `${count(done)} / ${count(all)}`;
}

function RoundState({ round }: { round: RoundRow }) {
  if (round.closed_at !== null) return <StateMark tone="good">{`closed ${dateTime(round.closed_at)}`}</StateMark>;
  if (round.number !== 1 && round.filled_at === null) return <StateMark tone="busy">cases are being put in</StateMark>;
  if (round.not_before !== null && new Date(round.not_before) > new Date()) {
    return <StateMark tone="idle">{`begins ${dateTime(round.not_before)}`}</StateMark>;
  }
  return <StateMark tone="busy">open</StateMark>;
}

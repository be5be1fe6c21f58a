/** Flags of readers: urgent or unexpected findings first, then films that cannot be read. */
import { Button } from '@mantine/core';

import { isToSee, type FlagRow } from '../../../api/dashboard';
import { Blank } from '../../../components/messages/Blank';
import { CaseLink } from '../../../components/page/CaseLink';
import { StateMark } from '../../../components/messages/StateMark';
import { Refused } from '../../../components/messages/Refused';
import { ReaderOfCase } from '../../../components/page/ReaderOfCase';
import { TableHead, untitled } from '../../../components/page/TableHead';
import { ago, dateTime } from '../../../lib/format';
import { useManagerAction } from '../api/actions';
import { flagOrder } from '../figures';

export function FlagsPanel({ slug, flags }: { slug: string; flags: FlagRow[] }) {
  const act = useManagerAction(slug);
  if (flags.length === 0) return <Blank title="No flags">Readers’ flags appear here at once, urgent ones first.</Blank>;
  return (
    <>
      {act.isError && <Refused error={act.error} />}
      <table className="lh-table">
        <TableHead columns={['Kind', 'Case', 'What the reader says', 'Reader', untitled('Seen')]} />
        <tbody>
          {[...flags].sort(flagOrder).map((flag) => (
            <tr key={flag.id} data-testid={`flag-${flag.id}`}>
              <td>
                <StateMark tone={flag.kind === 'urgent' ? 'bad' : 'warn'}>
                  {flag.kind === 'urgent' ? 'urgent' : 'not readable'}
                </StateMark>
              </td>
              <td className="lh-nowrap">
                <CaseLink slug={slug} label={flag.label} />
              </td>
              <td>
                {flag.text || <span className="lh-note">no text</span>}
                <div className="lh-note">{ago(flag.created_at)}</div>
              </td>
              <td>
                <ReaderOfCase name={flag.reader} position={flag.reader_position} />
              </td>
              <td className="lh-num">
                {isToSee(flag) ? (
                  <Button
                    size="compact-sm"
                    variant="default"
                    loading={act.isPending && act.variables.id === flag.id}
                    onClick={() => act.mutate({ kind: 'flag-seen', id: flag.id })}
                    data-testid={`flag-seen-${flag.id}`}
                  >
                    Mark as seen
                  </Button>
                ) : (
                  <span className="lh-note">{flag.withdrawn_at === null ? `seen ${dateTime(flag.seen_at)}` : `taken back ${dateTime(flag.withdrawn_at)}`}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** One line on a project card: where this person's own work stands. */
import { useQuery } from '@tanstack/react-query';

import { dashboardQuery, isToSee } from '../../../api/dashboard';
import { waitingQuery } from '../api/waiting';
import { worklistQuery } from '../../../api/worklist';
import { count, plural } from '../../../lib/format';

const UNKNOWN = 'Where your work stands could not be loaded.';

export function ReaderLine({ slug }: { slug: string }) {
  const { data, error } = useQuery(worklistQuery(slug, null));
  if (!data) return <Line text={error ? UNKNOWN : ''} />;
  const nBegun = data.open.filter((each) => each.state !== 'reserved').length;
  const parts = [
    `${count(data.today.n_submitted)} read today`,
    nBegun > 0 ? `${count(nBegun)} begun` : '',
    data.returned.length > 0 ? `${count(data.returned.length)} sent back to you` : '',
  ];
  return <Line text={parts.filter((part) => part !== '').join(' · ')} />;
}

export function AdjudicatorLine({ slug }: { slug: string }) {
  const { data, error } = useQuery(waitingQuery(slug));
  if (!data) return <Line text={error ? UNKNOWN : ''} />;
  const text = data.is_more ? `more than ${plural(data.n, 'case')} to adjudicate` : `${plural(data.n, 'case')} to adjudicate`;
  return <Line text={data.n === 0 ? 'Nothing to adjudicate now' : text} />;
}

export function ManagerLine({ slug }: { slug: string }) {
  const { data, error } = useQuery(dashboardQuery(slug));
  if (!data) return <Line text={error ? UNKNOWN : ''} />;
  const nFlags = data.flags.filter(isToSee).length;
  const parts = [
    `${count(data.reads.done)} of ${plural(data.reads.needed, 'read')}`,
    `${count(data.discordant.open)} to adjudicate`,
    nFlags > 0 ? plural(nFlags, 'new flag') : '',
  ];
  return <Line text={parts.filter((part) => part !== '').join(' · ')} />;
}

/** Keeps its height while empty, so that nothing moves when the figures come. */
function Line({ text }: { text: string }) {
  return (
    <div className="lh-note" style={{ minHeight: '1.45em' }}>
      {text}
    </div>
  );
}

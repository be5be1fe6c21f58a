/** Which workers are heard of. They are known by their jobs alone, so that an idle one may be well or gone. */
import { StateMark, type Tone } from '../../../components/messages/StateMark';
import { ago, dateTime, plural } from '../../../lib/format';
import { workersQuery, type Worker } from '../api/administration';
import { AskedPanel } from './AskedPanel';

const NAMES: Record<Worker['name'], string> = {
  clock: 'Clock: leases, what is due, seals',
  interactive: 'Interactive: imports, settling, publishing',
  learning: 'Learning: trainings, rankings, thumbnails',
};
const TONES: Record<Worker['state'], Tone> = { working: 'busy', heard: 'good', idle: 'idle', silent: 'bad' };

export function WorkersPanel() {
  return (
    <AskedPanel title="Workers" query={workersQuery} flush testId="panel-workers">
      {({ results }) => (
        <table className="lh-table">
          <tbody>
            {results.map((worker) => (
              <tr key={worker.name} data-testid={`worker-${worker.name}`} data-state={worker.state}>
                <td>
                  <StateMark tone={TONES[worker.state]}>{NAMES[worker.name]}</StateMark>
                  <div className="lh-note">{workerSentence(worker)}</div>
                  {worker.heard_from !== '' && <div className="lh-note">last job on {worker.heard_from}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </AskedPanel>
  );
}

export function workerSentence(worker: Worker, now: Date = new Date()): string {
  const waits = worker.n_waiting > 0 ? `; ${plural(worker.n_waiting, 'job')} ${worker.n_waiting === 1 ? 'waits' : 'wait'}` : '';
  const heard = worker.heard_at === null ? 'no job of it is on record' : `not heard of since ${dateTime(worker.heard_at, now)}`;
  switch (worker.state) {
    case 'working':
      return `works on ${plural(worker.n_running, 'job')}${waits}`;
    case 'heard':
      return `heard of ${ago(worker.heard_at, now)}${waits}`;
    case 'idle':
      return heard + (waits || '; nothing waits for it');
    case 'silent':
      return `${heard}${waits}. Is it running? Look at its log.`;
  }
}

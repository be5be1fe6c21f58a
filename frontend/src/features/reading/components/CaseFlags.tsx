/** What the data manager has been told of this case, and the way to take it back. */
import type { StandingFlag } from '../../../api/types';
import classes from './findings.module.css';

interface CaseFlagsProps {
  flags: StandingFlag[];
  mayTakeBack: (flag: StandingFlag) => boolean;
  onTakeBack: (flag: StandingFlag) => void;
}

const WORDS: Record<StandingFlag['kind'], string> = { urgent: 'Urgent', not_readable: 'Not readable' };

export function CaseFlags({ flags, mayTakeBack, onTakeBack }: CaseFlagsProps) {
  if (flags.length === 0) return null;
  return (
    <section className="ws-section" aria-label="Flags">
      <h2>Told to the data manager</h2>
      {flags.map((flag) => (
        <div key={flag.id} className={classes.flag} data-testid={`standing-${flag.kind}`}>
          <p>
            <b>{WORDS[flag.kind]}</b> {flag.text}
          </p>
          {mayTakeBack(flag) && (
            <button type="button" tabIndex={-1} className="ws-quiet" onClick={() => onTakeBack(flag)}>
              Take back
            </button>
          )}
        </div>
      ))}
    </section>
  );
}

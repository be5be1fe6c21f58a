/** What was said of the case is shown when it is asked for, since a look has its price. */
import { errorMessage } from '../../../../api/errors';
import classes from './case.module.css';

interface AskedProps {
  /** She reads in this project herself. */
  isReader: boolean;
  error: Error | null;
  onAsk: () => void;
}

export function Asked({ isReader, error, onAsk }: AskedProps) {
  return (
    <div className={classes.ask} data-testid="case-ask">
      {error !== null ? (
        <p role="alert">{errorMessage(error)}</p>
      ) : (
        <p>
          Reads, decisions and labels of the case. Your look is kept in the audit trail
          {isReader ? ', and this case is never offered to you as a reader.' : '.'}
        </p>
      )}
      <button type="button" className="ws-primary" onClick={onAsk}>
        {error === null ? 'Show what was said' : 'Try again'}
      </button>
    </div>
  );
}

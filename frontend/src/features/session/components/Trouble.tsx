/** Why it did not work, or how long to wait after too many tries. */
import { errorMessage } from '../../../api/errors';
import { Notice } from '../../../components/messages/Notice';

interface TroubleProps {
  error: Error;
  /** Seconds, by `useCountdown`. */
  wait: number;
  testId: string;
}

export function Trouble({ error, wait, testId }: TroubleProps) {
  return (
    <Notice tone={wait > 0 ? 'warn' : 'bad'} testId={testId}>
      {wait > 0 ? `Too many tries. The next one is possible in ${wait} s.` : errorMessage(error)}
    </Notice>
  );
}

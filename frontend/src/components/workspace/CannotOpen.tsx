/** In place of an image whose case could not be opened: why, and the two ways on. */
import { Link } from 'react-router';

import { Message } from './Message';

export function CannotOpen({ title, reason, onRetry }: { title: string; reason: string | null; onRetry: () => void }) {
  return (
    <Message
      title={title}
      actions={
        <>
          <button type="button" className="ws-primary" onClick={onRetry}>
            Try again
          </button>
          <Link className="ws-quiet" to="/">
            Start page
          </Link>
        </>
      }
    >
      {reason}
    </Message>
  );
}

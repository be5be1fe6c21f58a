/** The session with which a page with the bar on top was opened. It stands when the session ends, until she is back. */
import { useOutletContext } from 'react-router';

import type { Session, SessionUser } from '../api/types';

export type PageSession = Session & { user: SessionUser };

export function usePageSession(): PageSession {
  return useOutletContext<PageSession>();
}

/** Whether the server has stopped knowing the session since the page opened. */
import { useEffect, useState } from 'react';

import { onSignedOut } from '../api/client';

export function useSignedOut(): [signedOut: boolean, clear: () => void] {
  const [signedOut, setSignedOut] = useState(false);
  useEffect(() => onSignedOut(() => setSignedOut(true)), []);
  return [signedOut, () => setSignedOut(false)];
}

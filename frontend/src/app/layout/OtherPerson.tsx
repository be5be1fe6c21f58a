/** In the place of a page whose person is no longer the one signed in: another tab of this browser signed in somebody else. */
import { Button } from '@mantine/core';

import { Blank } from '../../components/messages/Blank';

export function OtherPerson({ name }: { name: string }) {
  return (
    <main data-testid="other-person">
      <Blank title={`${name} has signed in in this browser`}>
        <p>This page was opened by somebody else and nothing more is sent from it.</p>
        <Button onClick={() => window.location.assign('/')}>Go on as {name}</Button>
      </Blank>
    </main>
  );
}

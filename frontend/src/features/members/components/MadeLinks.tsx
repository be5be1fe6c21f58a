/** The links just made. Nobody, the server included, can show them again. */
import { Button, Group, Stack, TextInput } from '@mantine/core';

import { rolesSentence } from '../../../api/roles';
import { Notice } from '../../../components/messages/Notice';
import { dateTime } from '../../../lib/format';
import type { MadeInvitation } from '../api/invitations';
import { CopyButton } from './CopyButton';

interface MadeLinksProps {
  made: MadeInvitation[];
  onDone: () => void;
}

export function MadeLinks({ made, onDone }: MadeLinksProps) {
  const all = made.map((each) => (each.note === '' ? linkOf(each) : `${each.note}: ${linkOf(each)}`)).join('\n');
  return (
    <Stack gap={14}>
      <Notice tone="warn">
        {made.length === 1
          ? 'This link is shown only now. Copy it and send it to one person.'
          : 'These links are shown only now. Copy them and send each to one person.'}{' '}
        A link works for the first who joins by it, until {dateTime(made[0].expires_at)}.
      </Notice>
      <ul style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 10 }}>
        {made.map((each, n) => (
          <li key={each.id} style={{ display: 'flex', gap: 8, alignItems: 'flex-end' }} data-testid="made-link">
            <TextInput
              style={{ flex: 1 }}
              label={`${each.note || `Link ${n + 1}`}, ${rolesSentence(each.roles)}`}
              value={linkOf(each)}
              readOnly
              onFocus={(event) => event.currentTarget.select()}
              classNames={{ input: 'lh-mono' }}
            />
            <CopyButton text={linkOf(each)} what={each.note || `link ${n + 1}`} data-testid="copy-link">
              Copy
            </CopyButton>
          </li>
        ))}
      </ul>
      <Group justify="flex-end" gap="xs">
        {made.length > 1 && (
          <CopyButton text={all} data-testid="copy-all">
            Copy all
          </CopyButton>
        )}
        <Button onClick={onDone} data-testid="made-done">
          Done
        </Button>
      </Group>
    </Stack>
  );
}

/** What follows the # is not sent to a server when the link is opened, nor told to other pages. */
function linkOf(made: MadeInvitation): string {
  return `${window.location.origin}/invitation#${made.token}`;
}

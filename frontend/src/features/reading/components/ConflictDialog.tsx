/** Two versions of one draft, side by side. The reader chooses; the other stays one undo away. */
import { Button, Text } from '@mantine/core';

import type { Draft, LabelSchema, ReadDocument } from '../../../api/types';
import { Dialog } from '../../../components/dialogs/Dialog';
import { versionLines, type VersionLine } from '../session/versions';
import classes from './dialogs.module.css';

interface ConflictDialogProps {
  schema: LabelSchema;
  conflict: { mine: ReadDocument; server: Draft } | null;
  onChoose: (keep: 'mine' | 'server') => void;
}

export function ConflictDialog({ schema, conflict, onChoose }: ConflictDialogProps) {
  if (conflict === null) return null;
  const mine = versionLines(conflict.mine, conflict.server.document, schema);
  const server = versionLines(conflict.server.document, conflict.mine, schema);
  return (
    <Dialog title="This case was changed in another window" opened size={680} testId="conflict">
      <Text size="sm" mb="md">
        Both versions are kept until you choose. The one you do not choose can be brought back with Ctrl Z.
      </Text>
      <div className={classes.versions}>
        <Version title="In this window" lines={mine}>
          <Button data-testid="keep-mine" onClick={() => onChoose('mine')}>
            Go on with this
          </Button>
        </Version>
        <Version title="On the server" lines={server}>
          <Button data-testid="keep-server" variant="default" onClick={() => onChoose('server')}>
            Go on with this
          </Button>
        </Version>
      </div>
    </Dialog>
  );
}

interface VersionProps {
  title: string;
  lines: VersionLine[];
  children: React.ReactNode;
}

function Version({ title, lines, children }: VersionProps) {
  return (
    <section className={classes.version} aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {lines.map(({ text, differs }, index) => (
          <li key={index} data-differs={differs}>
            {text}
          </li>
        ))}
      </ul>
      {children}
    </section>
  );
}

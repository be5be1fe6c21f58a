/** Two versions of one draft, side by side. The reader chooses; the other stays one undo away. */
import { Button, Text } from '@mantine/core';

import type { Draft, LabelSchema, ReadDocument } from '../../../api/types';
import { Dialog } from '../../../components/dialogs/Dialog';
import { marksOf } from '../session/edits';
import classes from './dialogs.module.css';

interface ConflictDialogProps {
  schema: LabelSchema;
  conflict: { mine: ReadDocument; server: Draft } | null;
  onChoose: (keep: 'mine' | 'server') => void;
}

export function ConflictDialog({ schema, conflict, onChoose }: ConflictDialogProps) {
  if (conflict === null) return null;
  const mine = linesOf(conflict.mine, schema);
  const server = linesOf(conflict.server.document, schema);
  return (
    <Dialog title="This case was changed in another window" opened size={680} testId="conflict">
      <Text size="sm" mb="md">
        Both versions are kept until you choose. The one you do not choose can be brought back with Ctrl Z.
      </Text>
      <div className={classes.versions}>
        <Version title="In this window" lines={mine} others={server}>
          <Button data-testid="keep-mine" onClick={() => onChoose('mine')}>
            Go on with this
          </Button>
        </Version>
        <Version title="On the server" lines={server} others={mine}>
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
  lines: string[];
  others: string[];
  children: React.ReactNode;
}

function Version({ title, lines, others, children }: VersionProps) {
  return (
    <section className={classes.version} aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {lines.map((line, index) => (
          <li key={line} data-differs={line !== others[index]}>
            {line}
          </li>
        ))}
      </ul>
      {children}
    </section>
  );
}

function linesOf(document: ReadDocument, schema: LabelSchema): string[] {
  const findings = schema.findings.map((finding) => {
    const marks = marksOf(document, finding.code).length;
    const value = document.answers[finding.code]?.value ?? 'open';
    return `${finding.name}: ${value}${marks > 0 ? `, ${marks} marked` : ''}`;
  });
  const comment = document.comment === '' ? 'No comment' : `Comment: ${document.comment}`;
  return [...findings, comment, ...(document.not_readable ? ['Not readable'] : [])];
}

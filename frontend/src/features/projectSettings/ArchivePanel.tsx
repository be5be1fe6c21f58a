/** Leaving a project as it is, and going on with it. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';

import type { Project } from '../../api/projects';
import { Dialog } from '../../components/dialogs/Dialog';
import { Refused } from '../../components/messages/Refused';
import { Panel } from '../../components/page/Panel';
import { dateTime } from '../../lib/format';
import { useArchiveProject } from './api/describe';

export function ArchivePanel({ project }: { project: Project }) {
  const archive = useArchiveProject(project.slug);
  const [isAsked, setIsAsked] = useState(false);
  const isArchived = project.archived_at !== null;
  return (
    <Panel title="Archive" testId="archive-panel">
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <span>
          {isArchived
            ? `Archived since ${dateTime(project.archived_at)}. Brought back, everything goes on where it was left: open cases, drafts, the order.`
            : 'Nothing in it can be changed any more, and no training starts. Everything can still be looked at and exported, and it can be brought back.'}
        </span>
        {isArchived ? (
          <Button size="xs" style={{ flex: 'none' }} loading={archive.isPending} onClick={() => archive.mutate('bring-back')} data-testid="bring-back">
            Bring back
          </Button>
        ) : (
          <Button size="xs" variant="default" style={{ flex: 'none' }} onClick={() => setIsAsked(true)} data-testid="archive">
            Archive …
          </Button>
        )}
      </Group>
      {isArchived && archive.isError && <Refused error={archive.error} />}
      <Dialog title={`Archive ${project.name}?`} opened={isAsked && !isArchived} onClose={() => setIsAsked(false)} testId="archive-dialog">
        <p style={{ marginTop: 0 }}>
          Whoever has a case open there cannot save or submit it until you bring the project back; what she wrote is kept.
          Imports and trainings that wait or run come to their end.
        </p>
        {archive.isError && <Refused error={archive.error} />}
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={() => setIsAsked(false)}>
            Leave it
          </Button>
          <Button loading={archive.isPending} onClick={() => archive.mutate('archive')} data-testid="archive-now" data-autofocus>
            Archive
          </Button>
        </Group>
      </Dialog>
    </Panel>
  );
}

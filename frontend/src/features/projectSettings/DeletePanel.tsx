/** Deleting an archived project, by whoever types its name. */
import { Button, Group, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { useNavigate } from 'react-router';

import type { Project } from '../../api/projects';
import { Dialog } from '../../components/dialogs/Dialog';
import { Refused } from '../../components/messages/Refused';
import { Panel } from '../../components/page/Panel';
import { dateTime } from '../../lib/format';
import { useDeleteProject } from './api/delete';

export function DeletePanel({ project }: { project: Project }) {
  const [isAsked, setIsAsked] = useState(false);
  const isArchived = project.archived_at !== null;
  return (
    <Panel title="Delete" testId="delete-panel">
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <span>
          {isArchived
            ? 'Every image, read, decision and model of this project, for good. What you want to keep, export first.'
            : 'Archive the project first; an archived one can be deleted for good.'}
        </span>
        <Button
          size="xs"
          variant="default"
          style={{ flex: 'none' }}
          disabled={!isArchived}
          onClick={() => setIsAsked(true)}
          data-testid="delete"
        >
          Delete …
        </Button>
      </Group>
      <Dialog title={`Delete ${project.name}?`} opened={isAsked} onClose={() => setIsAsked(false)} testId="delete-dialog">
        <DeleteForm project={project} onLeave={() => setIsAsked(false)} />
      </Dialog>
    </Panel>
  );
}

function DeleteForm({ project, onLeave }: { project: Project; onLeave: () => void }) {
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const navigate = useNavigate();
  const remove = useDeleteProject(project.slug, ({ due_at }) => {
    void navigate('/');
    notifications.show({
      title: `${project.name} is deleted`,
      message: `Until ${dateTime(due_at)} an administrator can take that back.`,
      autoClose: false,
    });
  });
  const isReady = name === project.name && reason.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !remove.isPending) remove.mutate({ name, reason: reason.trim() });
  };
  return (
    <form onSubmit={submit} style={{ display: 'grid', gap: 12 }}>
      <div>
        At once nobody sees the project any more, you too. After some days its records and images are deleted; until then an
        administrator can take it back. Who read what, and when, stays in the audit trail, without anything about patients.
      </div>
      <TextInput
        label="The project's name"
        description={`Type it exactly: ${project.name}`}
        value={name}
        autoComplete="off"
        spellCheck={false}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="delete-name"
      />
      <Textarea
        label="Why"
        description="Kept for good: write nothing about a patient."
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-testid="delete-reason"
      />
      {remove.isError && <Refused error={remove.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onLeave}>
          Leave it
        </Button>
        <Button color="red.9" type="submit" disabled={!isReady} loading={remove.isPending} title="Ctrl Enter" data-testid="delete-now">
          Delete the project
        </Button>
      </Group>
    </form>
  );
}

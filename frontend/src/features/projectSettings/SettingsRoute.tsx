/** What a project is called, what it is about, a second one like it, leaving it as it is, and deleting it. */
import { Button, Group, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link, useParams } from 'react-router';

import { projectQuery, type Project } from '../../api/projects';
import { UnsavedGuard } from '../../components/dialogs/UnsavedGuard';
import { LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Refused } from '../../components/messages/Refused';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { ArchivePanel } from './ArchivePanel';
import { DeletePanel } from './DeletePanel';
import { useDescribeProject, type ProjectChange } from './api/describe';

const LONGEST_DESCRIPTION = 2000;

export function SettingsRoute() {
  const slug = useParams().slug as string;
  const project = useQuery(projectQuery(slug));
  return (
    <Page title="Settings" lead="What everybody in the project sees of it, and a second one like it." width="form">
      {project.isPending && <LoadingRows />}
      {project.error && <LoadFailed error={project.error} onRetry={() => void project.refetch()} />}
      {project.data && (
        <div style={{ display: 'grid', gap: 14 }}>
          <DescribeForm key={slug} project={project.data} />
          <Panel title="Duplicate">
            <Group justify="space-between" gap="sm">
              <span>A new project with these findings, this protocol and this training policy, without cases.</span>
              <Button component={Link} to={`/projects/new?copy=${slug}`} size="xs" variant="default" data-testid="settings-duplicate">
                Duplicate …
              </Button>
            </Group>
          </Panel>
          <ArchivePanel project={project.data} />
          <DeletePanel project={project.data} />
        </div>
      )}
    </Page>
  );
}

function DescribeForm({ project }: { project: Project }) {
  const describe = useDescribeProject(project.slug);
  const [base, setBase] = useState({ name: project.name, description: project.description });
  const [form, setForm] = useState(base);
  const change = changeOf(base, form);
  const isChanged = Object.keys(change).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged || form.name.trim() === '') return;
    describe.mutate(change, {
      onSuccess: ({ name, description }) => {
        setBase({ name, description });
        // What she has written since she sent it stays.
        setForm((now) => (now === form ? { name, description } : now));
      },
    });
  };
  const isArchived = project.archived_at !== null;
  return (
    // What was refused is not what stands here after a change.
    <form onSubmit={submit} onInput={() => describe.isError && describe.reset()} style={{ display: 'grid', gap: 14 }}>
      <UnsavedGuard changed={isChanged} />
      <Panel title="Name and description">
        <div style={{ display: 'grid', gap: 12 }}>
          <div style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'flex-start' }}>
            <TextInput
              size="xs"
              w={320}
              label="What people see"
              value={form.name}
              maxLength={200}
              readOnly={isArchived}
              onChange={(event) => setForm({ ...form, name: event.currentTarget.value })}
              data-testid="settings-name"
            />
            <TextInput
              size="xs"
              w={320}
              label="Short name in addresses"
              description="stays as it is: people hold addresses with it"
              inputWrapperOrder={['label', 'input', 'description']}
              value={project.slug}
              readOnly
              variant="filled"
            />
          </div>
          <Textarea
            size="xs"
            label="Description"
            description={`what is read here and what for; ${form.description.length} of ${LONGEST_DESCRIPTION} characters`}
            inputWrapperOrder={['label', 'input', 'description']}
            value={form.description}
            maxLength={LONGEST_DESCRIPTION}
            readOnly={isArchived}
            autosize
            minRows={4}
            maxRows={16}
            onChange={(event) => setForm({ ...form, description: event.currentTarget.value })}
            data-testid="settings-description"
          />
        </div>
      </Panel>
      {describe.isError && <Refused error={describe.error} />}
      {!isArchived && (
        <Group justify="flex-end" gap="xs">
          <Button variant="default" disabled={!isChanged} onClick={() => setForm(base)}>
            Undo changes
          </Button>
          <Button
            type="submit"
            disabled={!isChanged || form.name.trim() === ''}
            loading={describe.isPending}
            data-testid="settings-save"
          >
            Save
          </Button>
        </Group>
      )}
    </form>
  );
}

/** Only what she changed: what another manager changed meanwhile stays. */
function changeOf(base: Required<ProjectChange>, form: Required<ProjectChange>): ProjectChange {
  return {
    ...(form.name.trim() !== base.name && { name: form.name.trim() }),
    ...(form.description.trim() !== base.description && { description: form.description.trim() }),
  };
}

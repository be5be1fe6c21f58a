/** A new project: its name, what is asked of each case, and how many read it; or as another of hers is (`?copy=`). */
import { Button, Group, NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';

import type { ProjectRef } from '../../api/types';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Refused } from '../../components/messages/Refused';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { usePageSession } from '../../hooks/usePageSession';
import { templatesQuery, useCreateProject, type NewProject, type Template } from './api/create';
import { CopyPanel } from './components/CopyPanel';
import { NameFields } from './components/NameFields';
import { TemplatesPanel } from './components/TemplatesPanel';
import { slugOf } from './slug';

import './newProject.css';

const MOST_READERS = 20;

export function NewProjectRoute() {
  const session = usePageSession();
  const copied = useSearchParams()[0].get('copy');
  const source = session.projects.find((each) => each.slug === copied && each.roles.includes('manager'));
  return (
    <Page
      title={source ? `Duplicate ${source.name}` : 'New project'}
      lead="Findings, keys and protocol can be changed as long as the project lives."
      width="form"
    >
      <Content isAllowed={session.may_create_projects} copied={copied} source={source} />
    </Page>
  );
}

interface ContentProps {
  isAllowed: boolean;
  copied: string | null;
  source: ProjectRef | undefined;
}

function Content({ isAllowed, copied, source }: ContentProps) {
  if (!isAllowed) {
    return (
      <Blank title="Projects are made by administrators and data managers" testId="may-not-create">
        Ask one of them for a project; it then stands on your start page.
      </Blank>
    );
  }
  if (copied === null) return <FromTemplate />;
  if (source) return <Duplicate key={source.id} source={source} />;
  return (
    <Blank title="You do not manage a project of this name" testId="no-source">
      A project is duplicated by its data manager, from its settings.
    </Blank>
  );
}

function FromTemplate() {
  const templates = useQuery(templatesQuery);
  // Once they are there they stay: a later answer that does not come must not take away what she wrote.
  if (!templates.data && templates.error) return <LoadFailed error={templates.error} onRetry={() => void templates.refetch()} />;
  if (!templates.data) return <LoadingRows rows={8} />;
  return <TemplateForm templates={templates.data.results} />;
}

function TemplateForm({ templates }: { templates: Template[] }) {
  const [template, setTemplate] = useState(templates[0].code);
  const [readers, setReaders] = useState<number | string>(2);
  return (
    <ProjectForm
      values={typeof readers === 'number' ? { template, readers_per_case: readers } : null}
      action="Create the project"
      beside={
        <NumberInput
          size="xs"
          w={120}
          label="Readers a case"
          min={1}
          max={MOST_READERS}
          clampBehavior="strict"
          allowDecimal={false}
          value={readers}
          onChange={setReaders}
          data-testid="new-project-readers"
        />
      }
    >
      <TemplatesPanel templates={templates} chosen={template} onChoose={setTemplate} />
    </ProjectForm>
  );
}

function Duplicate({ source }: { source: ProjectRef }) {
  const [withMembers, setWithMembers] = useState(false);
  return (
    <ProjectForm values={{ copy_of: source.slug, with_members: withMembers }} action="Duplicate the project">
      <CopyPanel source={source} withMembers={withMembers} onWithMembers={setWithMembers} />
    </ProjectForm>
  );
}

interface ProjectFormProps {
  /** What is asked besides the names; null: not whole yet. */
  values: Omit<NewProject, 'name' | 'slug'> | null;
  action: string;
  beside?: ReactNode;
  children: ReactNode;
}

function ProjectForm({ values, action, beside, children }: ProjectFormProps) {
  const navigate = useNavigate();
  const create = useCreateProject();
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const slug = ownSlug ?? slugOf(name);
  const isWhole = name.trim() !== '' && slug !== '' && values !== null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isWhole) return;
    create.mutate(
      { name: name.trim(), slug, ...values },
      { onSuccess: (made) => void navigate(`/p/${made.slug}/dashboard`) },
    );
  };
  return (
    // What was refused is not what stands here after a change.
    <form onSubmit={submit} onInput={() => create.reset()} style={{ display: 'grid', gap: 14 }}>
      <Panel title="Project">
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'flex-start' }}>
          <NameFields name={name} slug={slug} onName={setName} onSlug={setOwnSlug} />
          {beside}
        </div>
      </Panel>
      {children}
      {create.isError && <Refused error={create.error} />}
      <Group justify="flex-end" gap="xs">
        <Button component={Link} to="/" variant="default">
          Cancel
        </Button>
        <Button type="submit" disabled={!isWhole} loading={create.isPending} data-testid="new-project-create">
          {action}
        </Button>
      </Group>
    </form>
  );
}

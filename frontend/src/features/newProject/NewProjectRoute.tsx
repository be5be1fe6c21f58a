/** A new project: its name, what is asked of each case, and how many read it. All of it can be changed later. */
import { Button, Group, NumberInput, Radio, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Link, useNavigate } from 'react-router';

import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Refused } from '../../components/messages/Refused';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { usePageSession } from '../../hooks/usePageSession';
import { templatesQuery, useCreateProject, type Template } from './api/create';
import { slugOf } from './slug';

import './newProject.css';

const MOST_READERS = 20;

export function NewProjectRoute() {
  const session = usePageSession();
  const templates = useQuery(templatesQuery);
  return (
    <Page title="New project" lead="Findings, keys and protocol can be changed as long as the project lives." width="form">
      {!session.may_create_projects ? (
        <Blank title="Projects are made by administrators and data managers" testId="may-not-create">
          Ask one of them for a project; it then stands on your start page.
        </Blank>
      ) : (
        <>
          {templates.isPending && <LoadingRows rows={8} />}
          {templates.error && <LoadFailed error={templates.error} onRetry={() => void templates.refetch()} />}
          {templates.data && <NewProjectForm templates={templates.data.results} />}
        </>
      )}
    </Page>
  );
}

function NewProjectForm({ templates }: { templates: Template[] }) {
  const navigate = useNavigate();
  const create = useCreateProject();
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const [template, setTemplate] = useState(templates[0].code);
  const [readers, setReaders] = useState<number | string>(2);
  const slug = ownSlug ?? slugOf(name);
  const isWhole = name.trim() !== '' && slug !== '' && typeof readers === 'number';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isWhole) return;
    create.mutate(
      { name: name.trim(), slug, template, readers_per_case: readers },
      { onSuccess: (made) => void navigate(`/p/${made.slug}/dashboard`) },
    );
  };
  return (
    // What was refused is not what stands here after a change.
    <form onSubmit={submit} onInput={() => create.reset()} style={{ display: 'grid', gap: 14 }}>
      <Panel title="Project">
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'flex-start' }}>
          <TextInput
            size="xs"
            w={320}
            label="What people see"
            value={name}
            maxLength={200}
            autoFocus
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="new-project-name"
          />
          <TextInput
            size="xs"
            w={220}
            label="Short name in addresses"
            description="letters, digits, - and _; it stays as it is"
            inputWrapperOrder={['label', 'input', 'description']}
            value={slug}
            maxLength={64}
            autoCapitalize="none"
            spellCheck={false}
            onChange={(event) => setOwnSlug(event.currentTarget.value)}
            data-testid="new-project-slug"
          />
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
        </div>
      </Panel>
      <Panel title="What is asked of each case">
        <Radio.Group value={template} onChange={setTemplate} aria-label="Template">
          <div className="lh-templates">
            {templates.map((each) => (
              <TemplateCard key={each.code} template={each} />
            ))}
          </div>
        </Radio.Group>
      </Panel>
      {create.isError && <Refused error={create.error} />}
      <Group justify="flex-end" gap="xs">
        <Button component={Link} to="/" variant="default">
          Cancel
        </Button>
        <Button type="submit" disabled={!isWhole} loading={create.isPending} data-testid="new-project-create">
          Create the project
        </Button>
      </Group>
    </form>
  );
}

function TemplateCard({ template }: { template: Template }) {
  return (
    <Radio.Card className="lh-template" value={template.code} aria-label={template.name} data-testid={`template-${template.code}`}>
      <Radio.Indicator size="xs" />
      <div>
        <strong>{template.name}</strong>
        <p>{template.description}</p>
        <p className="lh-note">{template.findings.map((finding) => finding.name).join(' · ')}</p>
      </div>
    </Radio.Card>
  );
}

/** What may be said about a case: findings, their codes and keys, with the reading panel as it will look. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';

import { projectQuery } from '../../api/projects';
import type { LabelSchema } from '../../api/types';
import { Blank, LoadFailed, LoadingRows } from '../../components/messages/Blank';
import { Page } from '../../components/page/Page';
import { Panel } from '../../components/page/Panel';
import { Refused } from '../../components/messages/Refused';
import { UnsavedGuard } from '../../components/dialogs/UnsavedGuard';
import { newerVersion, useSaveSchema } from './api/schema';
import { FindingsTable } from './components/FindingsTable';
import { NewerVersion } from './components/NewerVersion';
import { PanelPreview } from './components/PanelPreview';
import { RegionClasses } from './components/RegionClasses';
import { SchemaEffects } from './components/SchemaEffects';
import { SupplementaryPanel } from './components/SupplementaryPanel';
import { isChanged, newFinding, problemsOf } from './findings';
import { schemaFrom, schemaParts } from './parts';

import './schema.css';

export function SchemaRoute() {
  const slug = useParams().slug as string;
  const project = useQuery(projectQuery(slug));
  // Once it is there it stays: a later answer that does not come must not take away what she edits.
  if (!project.data && project.error) return <LoadFailed error={project.error} onRetry={() => void project.refetch()} />;
  if (!project.data) return <LoadingRows rows={8} />;
  return <Designer key={slug} slug={slug} inForce={project.data.schema} />;
}

function Designer({ slug, inForce }: { slug: string; inForce: LabelSchema }) {
  const [schema, setSchema] = useState(inForce);
  const [findings, setFindings] = useState(schema.findings);
  const [regions, setRegions] = useState(schema.region_classes);
  const save = useSaveSchema(slug);
  const newer = newerVersion<LabelSchema>(save.error);
  const parts = newer && schemaParts(newer.base ?? schema, { findings, region_classes: regions }, newer.saved);
  const problems = problemsOf(findings);
  const changed = isChanged(schema, findings, regions);
  const canSave = changed && problems.length === 0 && findings.length > 0;
  const begin = (base: LabelSchema, content: Pick<LabelSchema, 'findings' | 'region_classes'> = base) => {
    setSchema(base);
    setFindings(content.findings);
    setRegions(content.region_classes);
  };
  // A version that somebody else saved becomes the base only while there are no edits that it would drop.
  if (!changed && inForce.version > schema.version) begin(inForce);
  const submit = () =>
    save.mutate(
      { base: schema.version, findings, region_classes: regions },
      {
        onSuccess: (saved) => {
          setSchema(saved);
          // What was edited while this was on its way stays, as an edit of the new version.
          setFindings((now) => (now === findings ? saved.findings : now));
          setRegions((now) => (now === regions ? saved.region_classes : now));
        },
      },
    );

  return (
    <Page
      title="Label schema"
      lead={`Version ${schema.version} is in force. Saving makes version ${schema.version + 1}; reads keep the version they were made with, and a finding added later counts as missing in them, never as absent.`}
      actions={
        <>
          <Button
            size="xs"
            variant="default"
            disabled={!changed}
            onClick={() => begin(schema)}
          >
            Undo changes
          </Button>
          <Button
            size="xs"
            disabled={!canSave}
            loading={save.isPending}
            onClick={submit}
            data-testid="schema-save"
          >
            Save as version {schema.version + 1}
          </Button>
        </>
      }
    >
      <UnsavedGuard changed={changed} />
      {save.isError && !newer && <Refused error={save.error} />}
      {newer && parts && (
        <NewerVersion
          savedVersion={newer.version}
          base={parts[0]}
          mine={parts[1]}
          saved={parts[2]}
          onMerge={(together) => {
            begin(newer.saved, schemaFrom(together, [newer.saved, { findings, region_classes: regions }]));
            save.reset();
          }}
          onClose={save.reset}
        />
      )}
      <SchemaEffects slug={slug} content={canSave ? { findings, region_classes: regions } : null} />
      <div className="lh-designer">
        <div style={{ display: 'grid', gap: 14 }}>
          <Panel title="Findings" side="in reading order" flush testId="findings">
            {findings.length === 0 ? (
              <Blank title="No finding yet">Add the first thing a reader should say about a case.</Blank>
            ) : (
              <FindingsTable
                findings={findings}
                savedCodes={codesOf(schema.findings)}
                problems={problems}
                onChange={setFindings}
              />
            )}
            <div style={{ padding: '10px 16px' }}>
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => setFindings([...findings, newFinding(findings)])}
                data-testid="finding-add"
              >
                Add a finding
              </Button>
            </div>
          </Panel>
          {!changed && <SupplementaryPanel slug={slug} findings={schema.findings} />}
          <RegionClasses regions={regions} savedCodes={codesOf(schema.region_classes)} onChange={setRegions} />
        </div>
        <PanelPreview findings={findings} />
      </div>
    </Page>
  );
}

function codesOf(named: { code: string }[]): ReadonlySet<string> {
  return new Set(named.map(({ code }) => code));
}

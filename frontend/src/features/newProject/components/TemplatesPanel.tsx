/** What a new project asks of each case: one of the templates. */
import { Radio } from '@mantine/core';

import { Panel } from '../../../components/page/Panel';
import type { Template } from '../api/create';

interface TemplatesPanelProps {
  templates: Template[];
  chosen: string;
  onChoose: (code: string) => void;
}

export function TemplatesPanel({ templates, chosen, onChoose }: TemplatesPanelProps) {
  return (
    <Panel title="What is asked of each case">
      <Radio.Group value={chosen} onChange={onChoose} aria-label="Template">
        <div className="lh-templates">
          {templates.map((each) => (
            <TemplateCard key={each.code} template={each} />
          ))}
        </div>
      </Radio.Group>
    </Panel>
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

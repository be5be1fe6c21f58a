/** What a duplicate has of its source, and what it never has. */
import { Checkbox } from '@mantine/core';

import type { ProjectRef } from '../../../api/types';
import { Panel } from '../../../components/page/Panel';

interface CopyPanelProps {
  source: ProjectRef;
  withMembers: boolean;
  onWithMembers: (withMembers: boolean) => void;
}

export function CopyPanel({ source, withMembers, onWithMembers }: CopyPanelProps) {
  return (
    <Panel title={`As ${source.name} is now`}>
      <p style={{ marginTop: 0 }}>
        Its findings, its protocol and its training policy come along. Cases, reads, labels and models stay where they are; a
        patient of both projects has another pseudonym in each.
      </p>
      <Checkbox
        size="sm"
        label="Its members and their roles too"
        checked={withMembers}
        onChange={(event) => onWithMembers(event.currentTarget.checked)}
        data-testid="copy-members"
      />
    </Panel>
  );
}

/** Names that a mark may carry beside its finding, such as a zone. Optional. */
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';

import type { RegionClass } from '../../../api/types';
import { Panel } from '../../../components/page/Panel';
import { renamed } from '../findings';

interface RegionClassesProps {
  regions: RegionClass[];
  /** Codes of the version that is edited: marks name them, so that they stay when a name changes. */
  savedCodes: ReadonlySet<string>;
  onChange: (regions: RegionClass[]) => void;
}

export function RegionClasses({ regions, savedCodes, onChange }: RegionClassesProps) {
  const edit = (index: number, change: Partial<RegionClass>) =>
    onChange(regions.map((each, i) => (i === index ? { ...each, ...change } : each)));
  return (
    <Panel title="Region classes" side="names a box may carry, such as a lung zone">
      <div style={{ display: 'grid', gap: 8 }}>
        {regions.map((region, index) => (
          <div key={index} style={{ display: 'flex', gap: 8, alignItems: 'center' }}>
            <TextInput
              size="xs"
              style={{ flex: 1 }}
              aria-label={`Name of region class ${index + 1}`}
              value={region.name}
              onChange={(event) => edit(index, renamed(region, event.currentTarget.value, savedCodes))}
            />
            <TextInput
              size="xs"
              style={{ flex: 1 }}
              classNames={{ input: 'lh-mono' }}
              aria-label={`Code of region class ${index + 1}`}
              value={region.code}
              onChange={(event) => edit(index, { code: event.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={`Remove ${region.name}`}
              onClick={() => onChange(regions.filter((_, i) => i !== index))}
            >
              <IconTrash size={15} />
            </ActionIcon>
          </div>
        ))}
        {regions.length === 0 && <div className="lh-note">None. Boxes carry the name of their finding only.</div>}
        <Button
          size="compact-sm"
          variant="default"
          w="fit-content"
          onClick={() => onChange([...regions, { code: '', name: '', kinds: ['box'] }])}
        >
          Add a region class
        </Button>
      </div>
    </Panel>
  );
}

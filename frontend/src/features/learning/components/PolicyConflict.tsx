/** Somebody else saved the policy meanwhile: both versions side by side, and the two ways on. */
import { Button, Group } from '@mantine/core';

import { Notice } from '../../../components/messages/Notice';
import { TableHead } from '../../../components/page/TableHead';
import type { PolicyValues } from '../api/learning';
import { differences } from '../policyMerge';
import { NAMES, valueText } from '../policyNames';

interface PolicyConflictProps {
  base: PolicyValues;
  mine: PolicyValues;
  theirs: PolicyValues;
  onMerge: () => void;
  onTheirs: () => void;
}

export function PolicyConflict({ base, mine, theirs, onMerge, onTheirs }: PolicyConflictProps) {
  const keys = [...new Set([...differences(base, theirs), ...differences(base, mine)])];
  return (
    <Notice tone="warn" testId="policy-conflict">
      <strong>Somebody else has changed the policy since you began.</strong> Nothing of yours is saved yet.
      <table className="lh-table" style={{ margin: '8px 0' }}>
        <TableHead columns={['Setting', 'Before', 'Theirs', 'Yours']} />
        <tbody>
          {keys.map((key) => (
            <tr key={key}>
              <td>{NAMES[key]}</td>
              <td>{valueText(key, base)}</td>
              <td>{valueText(key, theirs)}</td>
              <td>{valueText(key, mine)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Group gap={8}>
        <Button size="compact-sm" onClick={onMerge} data-testid="policy-merge">
          Put my changes on theirs
        </Button>
        <Button size="compact-sm" variant="default" onClick={onTheirs} data-testid="policy-theirs">
          Take theirs
        </Button>
      </Group>
    </Notice>
  );
}

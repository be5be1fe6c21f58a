/** Somebody saved a version meanwhile: both are shown side by side, and put together before anything is saved. */
import { Button, Group, SegmentedControl } from '@mantine/core';
import { useState } from 'react';

import { Dialog } from '../../../components/dialogs/Dialog';
import { TableHead } from '../../../components/page/TableHead';
import { differences, merged, type Parts } from '../merge';
import { partName, partSentence } from '../parts';

interface Props {
  /** Versions of the two, and the one from which both were made. */
  savedVersion: number;
  base: Parts;
  mine: Parts;
  saved: Parts;
  onMerge: (parts: Parts) => void;
  onClose: () => void;
}

export function NewerVersion({ savedVersion, base, mine, saved, onMerge, onClose }: Props) {
  const [keepMine, setKeepMine] = useState<ReadonlySet<string>>(new Set());
  const rows = differences(base, mine, saved);
  const choose = (part: string, isMine: boolean) => {
    const next = new Set(keepMine);
    if (isMine) next.add(part);
    else next.delete(part);
    setKeepMine(next);
  };
  const together = merged(base, mine, saved, keepMine);
  return (
    <Dialog title={`Version ${savedVersion} was saved while you edited`} opened onClose={onClose} size="xl">
      <form
        data-testid="newer-version"
        onSubmit={(event) => {
          event.preventDefault();
          onMerge(together);
        }}
      >
        <p style={{ marginTop: 0 }}>
          Nothing of yours was saved, and nothing is lost. What only one of you changed is kept; where you both changed
          the same, choose.
        </p>
        {rows.length === 0 ? (
          <p>Your version and the saved one say the same.</p>
        ) : (
          <table className="lh-table">
            <TableHead columns={['What', `Saved, version ${savedVersion}`, 'Yours', 'Becomes']} />
            <tbody>
              {rows.map(({ part, isConflict, ...row }) => (
                <tr key={part} data-testid={`difference-${part}`}>
                  <th scope="row">{partName(part)}</th>
                  <td>{partSentence(row.saved)}</td>
                  <td>{partSentence(row.mine)}</td>
                  <td>
                    {isConflict ? (
                      <SegmentedControl
                        size="xs"
                        aria-label={`${partName(part)}: whose`}
                        data={[
                          { value: 'saved', label: 'saved' },
                          { value: 'mine', label: 'yours' },
                        ]}
                        value={keepMine.has(part) ? 'mine' : 'saved'}
                        onChange={(value) => choose(part, value === 'mine')}
                      />
                    ) : (
                      partSentence(together[part])
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            Go on editing mine
          </Button>
          <Button type="submit" title="Ctrl Enter" data-testid="merge-both" data-autofocus>
            Put both together
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}

/** Everything out, at any time: what a role may have, as CSV or JSON. */
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';

import { useExport, type ExportFormat, type ExportWhat } from '../../hooks/useExport';
import { words } from '../../lib/format';

export const ALL: ExportWhat[] = ['reads', 'consensus', 'adjudications', 'agreement'];
/** What models learn from, without anybody's reads. */
export const LABELS: ExportWhat[] = ['consensus'];
const FORMATS: ExportFormat[] = ['csv', 'json'];
/** Of chosen cases. */
export const MOST_EXPORTED = 1_000;

interface ExportMenuProps {
  slug: string;
  what: ExportWhat[];
  /** She reads in the project herself. */
  reads: boolean;
  /** Numbers of the cases; without them it is of all. */
  cases?: number[];
}

export function ExportMenu({ slug, what, reads, cases }: ExportMenuProps) {
  const save = useExport(slug);
  const start = (chosen: ExportWhat, format: ExportFormat) =>
    save.mutate(
      { what: chosen, format, cases },
      { onError: (error) => notifications.show({ color: 'red', title: 'Export failed', message: error.message }) },
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          loading={save.isPending}
          leftSection={<IconDownload size={15} />}
          disabled={cases !== undefined && cases.length > MOST_EXPORTED}
          data-testid="export-menu"
        >
          {cases === undefined ? 'Export' : 'Export these'}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {reads && (
          <Menu.Label maw={260} style={{ whiteSpace: 'normal' }} data-testid="export-warning">
            {cases === undefined
              ? 'You read in this project. After an export the cases begun so far are not offered to you any more: what others said of them is in the file. Agreement alone says nothing of any one case.'
              : 'You read in this project. After an export these cases are not offered to you any more: what others said of them is in the file.'}
          </Menu.Label>
        )}
        {what.flatMap((each) =>
          FORMATS.map((format) => (
            <Menu.Item key={each + format} onClick={() => start(each, format)} data-testid={`export-${each}-${format}`}>
              {words(each)}, {format.toUpperCase()}
            </Menu.Item>
          )),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Everything out, at any time: reads, consensus and adjudications as CSV or JSON. */
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';

import { errorMessage } from '../../../api/errors';
import { words } from '../../../lib/format';
import { useExport, type ExportFormat, type ExportWhat } from '../api/actions';

const WHAT: ExportWhat[] = ['reads', 'consensus', 'adjudications'];
const FORMATS: ExportFormat[] = ['csv', 'json'];

export function ExportMenu({ slug, reads }: { slug: string; reads: boolean }) {
  const save = useExport(slug);
  const start = (what: ExportWhat, format: ExportFormat) =>
    save.mutate(
      { what, format },
      { onError: (error) => notifications.show({ color: 'red', title: 'Export failed', message: errorMessage(error) }) },
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          loading={save.isPending}
          leftSection={<IconDownload size={15} />}
          data-testid="export-menu"
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {reads && (
          <Menu.Label maw={260} style={{ whiteSpace: 'normal' }} data-testid="export-warning">
            You read in this project. After an export the cases begun so far are not offered to you any more: their reads
            are in the file.
          </Menu.Label>
        )}
        {WHAT.flatMap((what) =>
          FORMATS.map((format) => (
            <Menu.Item key={what + format} onClick={() => start(what, format)} data-testid={`export-${what}-${format}`}>
              {words(what)}, {format.toUpperCase()}
            </Menu.Item>
          )),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

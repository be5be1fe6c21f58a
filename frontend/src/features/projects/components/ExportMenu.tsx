/** Everything out, at any time: reads, consensus and adjudications as CSV or JSON. */
import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconDownload } from '@tabler/icons-react';

import { errorMessage } from '../../../api/errors';
import { words } from '../../../lib/format';
import { useExport, type ExportFormat, type ExportWhat } from '../api/actions';

const WHAT: ExportWhat[] = ['reads', 'consensus', 'adjudications'];
const FORMATS: ExportFormat[] = ['csv', 'json'];

export function ExportMenu({ slug }: { slug: string }) {
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

/** Filters under a name: choose one, save this one, delete one. */
import { Button, Menu } from '@mantine/core';
import { IconBookmark, IconCheck, IconDeviceFloppy, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { Notice } from '../../../components/messages/Notice';
import { savedFiltersQuery, type SavedFilter } from '../api/savedFilters';
import type { Asked } from '../asked';
import { DeleteFilterDialog, SaveFilterDialog } from './SavedFilterDialogs';

interface SavedFiltersProps {
  slug: string;
  asked: Asked;
  onChoose: (change: Partial<Asked>) => void;
  /** She manages the project, and it is at work. */
  maySave: boolean;
}

export function SavedFilters({ slug, asked, onChoose, maySave }: SavedFiltersProps) {
  const saved = useQuery(savedFiltersQuery(slug));
  const [open, setOpen] = useState<'save' | SavedFilter | null>(null);
  const rows = saved.data?.results ?? [];
  const current = rows.find((each) => isThis(each, asked));
  const choose = ({ query, order, view }: SavedFilter) => onChoose({ filter: query, order, isSheet: view === 'sheet' });
  return (
    <>
      <Menu position="bottom-start" withinPortal transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBookmark size={14} />} maw={240} data-testid="saved-filters">
            {current === undefined ? 'Saved' : current.name}
          </Button>
        </Menu.Target>
        <Menu.Dropdown maw={340}>
          {saved.error && <Notice tone="bad">{saved.error.message}</Notice>}
          <Menu.Label>{rows.length === 0 ? 'No filter is saved yet' : 'Saved for all who manage the project'}</Menu.Label>
          {rows.map((each) => (
            <Menu.Item
              key={each.id}
              onClick={() => choose(each)}
              rightSection={each === current ? <IconCheck size={14} aria-label="shown now" /> : undefined}
            >
              {each.name}
              <div className="lh-note">by {each.created_by}</div>
            </Menu.Item>
          ))}
          {maySave && <Menu.Divider />}
          {maySave && current === undefined && (
            <Menu.Item leftSection={<IconDeviceFloppy size={14} />} onClick={() => setOpen('save')} data-testid="filter-save">
              Save this list as …
            </Menu.Item>
          )}
          {maySave && current !== undefined && (
            <Menu.Item leftSection={<IconTrash size={14} />} onClick={() => setOpen(current)} data-testid="filter-delete">
              Delete “{current.name}” …
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {open === 'save' && <SaveFilterDialog slug={slug} asked={asked} onClose={() => setOpen(null)} />}
      {open !== null && open !== 'save' && <DeleteFilterDialog slug={slug} saved={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function isThis({ query, order, view }: SavedFilter, { filter, order: asked, isSheet }: Asked): boolean {
  const said = (each: Record<string, string | undefined>) => JSON.stringify(Object.entries(each).sort());
  return order === asked && (view === 'sheet') === isSheet && said(query) === said(filter);
}

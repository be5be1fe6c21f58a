/** Giving the list at hand a name, and deleting one that has one. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { Dialog } from '../../../components/dialogs/Dialog';
import { Refused } from '../../../components/messages/Refused';
import { dateTime } from '../../../lib/format';
import { useDeleteFilter, useSaveFilter, type FilterToSave, type SavedFilter } from '../api/savedFilters';
import type { Asked } from '../asked';

interface SaveFilterDialogProps {
  slug: string;
  asked: Asked;
  onClose: () => void;
}

export function SaveFilterDialog({ slug, asked, onClose }: SaveFilterDialogProps) {
  const [name, setName] = useState('');
  const save = useSaveFilter(slug);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '' || save.isPending) return;
    const order = asked.order as FilterToSave['order'];
    save.mutate({ name: name.trim(), query: { ...asked.filter }, order, view: asked.isSheet ? 'sheet' : 'table' }, { onSuccess: onClose });
  };
  return (
    <Dialog title="Save this list" opened onClose={onClose} testId="save-filter">
      <form onSubmit={submit}>
        <Stack gap={14}>
          <TextInput
            label="Name"
            description="Filters, order and view are kept, not which cases they find. All who manage the project see it."
            value={name}
            maxLength={80}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
            data-testid="filter-name"
          />
          {save.isError && <Refused error={save.error} />}
          <Group justify="flex-end" gap={10}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={save.isPending} data-testid="filter-name-save">
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

export function DeleteFilterDialog({ slug, saved, onClose }: { slug: string; saved: SavedFilter; onClose: () => void }) {
  const remove = useDeleteFilter(slug);
  return (
    <Dialog title={`Delete “${saved.name}”`} opened onClose={onClose} testId="delete-filter">
      <Stack gap={14}>
        <Text size="sm">
          Saved by {saved.created_by}, {dateTime(saved.created_at)}. Nobody finds it in the menu any more; no case changes.
        </Text>
        {remove.isError && <Refused error={remove.error} />}
        <Group justify="flex-end" gap={10}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red.9"
            loading={remove.isPending}
            onClick={() => remove.mutate(saved.id, { onSuccess: onClose })}
            data-autofocus
            data-testid="filter-delete-confirm"
          >
            Delete
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

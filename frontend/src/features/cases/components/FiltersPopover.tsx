/** To which cases the list is narrowed; each choice counts at once. */
import { Button, Popover, Select } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';

import { narrowed, type Filter, type FilterName } from '../asked';
import classes from '../cases.module.css';
import { FLAGS, SPLITS, STATES, VALUES, type Choice, type Names } from '../sentences';

interface FiltersPopoverProps {
  filter: Filter;
  names: Names;
  sites: string[];
  views: string[];
  /** She reads in the project herself. */
  reads: boolean;
  onChange: (filter: Filter) => void;
}

export function FiltersPopover({ filter, names, sites, views, reads, onChange }: FiltersPopoverProps) {
  const field = (name: FilterName, label: string, data: (string | Choice)[], props: { disabled?: boolean; wide?: boolean } = {}) => (
    <Select
      size="xs"
      label={label}
      placeholder="any"
      clearable
      searchable={data.length > 8}
      nothingFoundMessage="None of this name"
      comboboxProps={{ withinPortal: false }}
      className={props.wide ? classes.wide : undefined}
      disabled={props.disabled}
      data={data}
      value={filter[name] ?? null}
      onChange={(value) => onChange(narrowed(filter, name, value))}
      data-testid={`filter-${name}`}
    />
  );
  const n = Object.keys(filter).filter((name) => name !== 'find' && name !== 'value').length;
  return (
    <Popover position="bottom-start" withinPortal trapFocus transitionProps={{ duration: 0 }}>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<IconFilter size={14} />} data-testid="filters">
          {n === 0 ? 'Filters' : `Filters (${n})`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Filters" data-testid="filters-open">
        <div className={classes.filters}>
          {field('split', 'Split', SPLITS)}
          {field('state', 'State', STATES)}
          {field('view', 'View', views, { disabled: views.length === 0 })}
          {field('site', 'Site', sites, { disabled: sites.length === 0 })}
          {field('finding', 'Finding that has a label', names.findings.map(({ code, name }) => ({ value: code, label: name })))}
          {field('value', 'which says', VALUES, { disabled: !filter.finding })}
          {field('discordant', 'Reads', [{ value: 'yes', label: 'differ' }])}
          {field('flag', 'Flag', FLAGS)}
          {names.readers.length > 0 && field('reader', 'Read by', names.readers, { wide: true })}
          {reads && (
            <div className={`lh-note ${classes.wide}`}>
              You read in this project: cases that you look for by a finding, by differing reads or by a flag are never offered to you.
            </div>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

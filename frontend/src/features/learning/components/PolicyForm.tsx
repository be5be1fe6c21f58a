/** When to retrain, on what network, and how the pool is ranked. */
import { Anchor, Button, Checkbox, Collapse, Group, NumberInput, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';

import { UnsavedGuard } from '../../../components/dialogs/UnsavedGuard';
import type { PolicyValues, TrainingPolicy, useLearningAction } from '../api/learning';
import { differences, merged, valuesOf, type PolicyKey } from '../policyMerge';
import { ACQUISITIONS, NAMES, NETWORKS } from '../policyNames';
import { PolicyConflict } from './PolicyConflict';

interface PolicyFormProps {
  policy: TrainingPolicy;
  act: ReturnType<typeof useLearningAction>;
}

export function PolicyForm({ policy, act }: PolicyFormProps) {
  const theirs = valuesOf(policy);
  const [base, setBase] = useState({ version: policy.version, values: theirs });
  const [form, setForm] = useState(theirs);
  /** What she saved last, from here. */
  const [sent, setSent] = useState<PolicyValues | null>(null);
  const [showMore, setShowMore] = useState(false);
  const set = (values: Partial<PolicyValues>) => setForm({ ...form, ...values });
  const goOnFrom = (values: PolicyValues) => {
    setBase({ version: policy.version, values: theirs });
    setForm(values);
  };
  const changed = differences(base.values, form).length > 0;
  const isStale = policy.version !== base.version;
  // Nothing of hers to lose, or her own change has come back: the form follows what is saved.
  if (isStale && (!changed || differences(form, theirs).length === 0)) goOnFrom(theirs);
  // It has come back, and she has gone on editing since.
  else if (isStale && sent !== null && differences(sent, theirs).length === 0) goOnFrom(form);
  return (
    <form
      style={{ display: 'grid', gap: 12 }}
      onSubmit={(event) => {
        event.preventDefault();
        setSent(form);
        act.mutate({ kind: 'policy', values: form, editedFrom: base.version });
      }}
    >
      <UnsavedGuard changed={changed} />
      {isStale && changed && (
        <PolicyConflict
          base={base.values}
          mine={form}
          theirs={theirs}
          onMerge={() => goOnFrom(merged(base.values, form, theirs))}
          onTheirs={() => goOnFrom(theirs)}
        />
      )}
      <Checkbox
        size="sm"
        label={NAMES.is_enabled}
        checked={form.is_enabled}
        onChange={(event) => set({ is_enabled: event.currentTarget.checked })}
        data-testid="policy-enabled"
      />
      <Group gap={12} grow align="flex-start">
        <NumberInput
          size="xs"
          label={NAMES.every_n_labels}
          placeholder="off"
          min={1}
          value={form.every_n_labels ?? ''}
          disabled={!form.is_enabled}
          onChange={(value) => set({ every_n_labels: typeof value === 'number' ? value : null })}
          data-testid="policy-every-n"
        />
        <TextInput
          size="xs"
          type="time"
          label={NAMES.daily_at}
          value={form.daily_at?.slice(0, 5) ?? ''}
          disabled={!form.is_enabled}
          onChange={(event) => set({ daily_at: event.currentTarget.value === '' ? null : `${event.currentTarget.value}:00` })}
        />
      </Group>
      {form.is_enabled && form.every_n_labels === null && form.daily_at === null && (
        <Text size="sm" c="dimmed">
          Nothing starts a training by itself yet: set a number of cases or a time.
        </Text>
      )}
      <Group gap={12} grow align="flex-start">
        <Select
          size="xs"
          label={NAMES.acquisition}
          data={ACQUISITIONS}
          value={form.acquisition}
          allowDeselect={false}
          onChange={(value) => value !== null && set({ acquisition: value as TrainingPolicy['acquisition'] })}
        />
        <NumberInput
          size="xs"
          label={NAMES.random_share}
          min={0}
          max={100}
          value={Math.round(form.random_share * 100)}
          onChange={(value) => typeof value === 'number' && set({ random_share: value / 100 })}
        />
      </Group>
      <Anchor
        component="button"
        type="button"
        size="sm"
        w="fit-content"
        aria-expanded={showMore}
        onClick={() => setShowMore(!showMore)}
      >
        {showMore ? 'Hide the network’s settings' : 'Settings of the network'}
      </Anchor>
      <Collapse expanded={showMore}>
        <NetworkFields form={form} set={set} />
      </Collapse>
      <Group gap={8} justify="flex-end">
        <Button size="xs" variant="default" disabled={!changed} onClick={() => setForm(base.values)}>
          Undo changes
        </Button>
        <Button
          size="xs"
          type="submit"
          disabled={!changed || isStale}
          loading={act.isPending && act.variables.kind === 'policy'}
          data-testid="policy-save"
        >
          Save the policy
        </Button>
      </Group>
    </form>
  );
}

interface NetworkFieldsProps {
  form: PolicyValues;
  set: (values: Partial<PolicyValues>) => void;
}

function NetworkFields({ form, set }: NetworkFieldsProps) {
  const figure = (key: PolicyKey, options: { min: number; max?: number; step?: number }) => (
    <NumberInput
      key={key}
      size="xs"
      label={NAMES[key]}
      value={form[key] as number}
      decimalScale={options.step !== undefined && options.step < 1 ? 7 : 0}
      {...options}
      onChange={(value) => typeof value === 'number' && set({ [key]: value })}
    />
  );
  return (
    <div style={{ display: 'grid', gap: 10, gridTemplateColumns: 'repeat(auto-fill, minmax(150px, 1fr))' }}>
      <Select
        size="xs"
        label={NAMES.network}
        data={NETWORKS}
        value={form.network}
        allowDeselect={false}
        onChange={(value) => value !== null && set({ network: value as TrainingPolicy['network'] })}
      />
      {figure('image_size', { min: 32, max: 1024 })}
      {figure('max_epochs', { min: 1, max: 10_000 })}
      {figure('batch_size', { min: 1, max: 4096 })}
      {figure('learning_rate', { min: 0, max: 1, step: 0.0001 })}
      {figure('seed', { min: 0 })}
      {figure('min_cases', { min: 1 })}
      {figure('min_positives', { min: 2 })}
      {figure('batch_query', { min: 1 })}
    </div>
  );
}

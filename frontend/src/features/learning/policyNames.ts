/** What the settings of a policy are called, on the form and wherever two versions are set side by side. Pure. */
import { percent } from '../../lib/format';
import type { PolicyValues } from './api/learning';
import type { PolicyKey } from './policyMerge';

export const NAMES: Record<PolicyKey, string> = {
  is_enabled: 'Retrain by itself',
  every_n_labels: 'After this many new consensus cases',
  daily_at: 'And daily at (UTC), empty for off',
  acquisition: 'Most informative means',
  random_share: 'Random share of the order, %',
  network: 'Network',
  image_size: 'Input side, px',
  max_epochs: 'Most epochs',
  batch_size: 'Images a training step',
  learning_rate: 'Learning rate',
  seed: 'Seed',
  min_cases: 'Fewest cases to train',
  min_positives: 'Fewest positive patients for a figure',
  batch_query: 'Cases chosen together to differ',
};

export const ACQUISITIONS = [
  { value: 'entropy', label: 'entropy of the probabilities' },
  { value: 'margin', label: 'closeness to one half' },
];

export const NETWORKS = [
  { value: 'densenet121', label: 'DenseNet-121' },
  { value: 'small', label: 'small network (demo)' },
];

/** A setting's value as the form shows it. */
export function valueText(key: PolicyKey, values: PolicyValues): string {
  const value = values[key];
  if (value === null) return 'off';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (key === 'random_share') return percent(Number(value));
  if (key === 'daily_at') return String(value).slice(0, 5);
  const named = [...ACQUISITIONS, ...NETWORKS].find((each) => each.value === value);
  return named?.label ?? String(value);
}

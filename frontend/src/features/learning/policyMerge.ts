/** Two people on one policy: what each has changed since the version that the form was opened from. */
import type { PolicyValues, TrainingPolicy } from './api/learning';

export type PolicyKey = keyof PolicyValues;

export function valuesOf({ version: _, ...values }: TrainingPolicy): PolicyValues {
  return values;
}

/** The fields in which two sets of values differ, in the order of the form. */
export function differences(before: PolicyValues, after: PolicyValues): PolicyKey[] {
  return (Object.keys(before) as PolicyKey[]).filter((key) => before[key] !== after[key]);
}

/** Their values, with what I have changed since `base` on top. */
export function merged(base: PolicyValues, mine: PolicyValues, theirs: PolicyValues): PolicyValues {
  const changes = differences(base, mine).map((key) => [key, mine[key]]);
  return { ...theirs, ...(Object.fromEntries(changes) as Partial<PolicyValues>) };
}

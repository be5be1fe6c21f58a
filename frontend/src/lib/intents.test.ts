import { expect, test } from 'vitest';

import { Intents } from './intents';

test('the same content keeps its identifier until it was acknowledged', () => {
  const intents = new Intents();
  const first = intents.idOf('urgent: tension');
  expect(intents.idOf('urgent: another')).not.toBe(first);
  expect(intents.idOf('urgent: tension')).toBe(first);
  intents.acknowledged('urgent: tension');
  expect(intents.idOf('urgent: tension')).not.toBe(first);
});

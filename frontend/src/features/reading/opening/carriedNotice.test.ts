import { expect, test } from 'vitest';

import type { Notice } from '../session/sessionState';
import { sayOfLeftCases, takeCarriedNotice, tellOfLeftCase } from './carriedNotice';

const notice: Notice = { tone: 'info', text: 'My case 1 is submitted.' };

test('what is told of a case that was left is said by the open case, and without one by the next', () => {
  const said: Notice[] = [];
  const end = sayOfLeftCases((each) => said.push(each));
  tellOfLeftCase(notice);
  expect(said).toEqual([notice]);
  expect(takeCarriedNotice()).toBeNull();

  end();
  tellOfLeftCase(notice);
  expect(said).toEqual([notice]);
  expect(takeCarriedNotice()).toEqual(notice);
  expect(takeCarriedNotice()).toBeNull();
});

test('a case that is left late does not silence the one that was opened after it', () => {
  const said: Notice[] = [];
  const endOfFirst = sayOfLeftCases(() => undefined);
  const endOfSecond = sayOfLeftCases((each) => said.push(each));
  endOfFirst();
  tellOfLeftCase(notice);
  expect(said).toEqual([notice]);
  endOfSecond();
});

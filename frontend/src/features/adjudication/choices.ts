/** Decisions that are not sent yet, and corrections: kept in this browser by person and case, so that a reload loses none. */
import { REASONS } from './reasons';
import type { Choice } from './state';

const PREFIX = 'labelhub-adjudication';

function keyOf(user: string, adjudication: string): string {
  return `${PREFIX}/${user}/${adjudication}`;
}

export function loadChoices(user: string, adjudication: string): Record<string, Choice> {
  const text = localStorage.getItem(keyOf(user, adjudication));
  const kept = text === null ? {} : (JSON.parse(text) as Record<string, KeptChoice>);
  return Object.fromEntries(Object.entries(kept).map(([finding, choice]) => [finding, whole(choice)]));
}

/** An earlier version of the page did not keep whether the reason was typed. */
type KeptChoice = Omit<Choice, 'isOwn'> & { isOwn?: boolean };

function whole({ isOwn, ...choice }: KeptChoice): Choice {
  return { ...choice, isOwn: isOwn ?? !REASONS.includes(choice.reason) };
}

export function keepChoices(user: string, adjudication: string, choices: Record<string, Choice>): void {
  localStorage.setItem(keyOf(user, adjudication), JSON.stringify(choices));
}

export function forgetChoices(user: string, adjudication: string): void {
  localStorage.removeItem(keyOf(user, adjudication));
}

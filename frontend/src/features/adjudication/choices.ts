/** Decisions that are not sent yet, kept in this browser by person and case so that a reload loses none. */
import type { Choice } from './state';

const PREFIX = 'labelhub-adjudication';

function keyOf(user: string, adjudication: string): string {
  return `${PREFIX}/${user}/${adjudication}`;
}

export function loadChoices(user: string, adjudication: string): Record<string, Choice> {
  const text = localStorage.getItem(keyOf(user, adjudication));
  return text === null ? {} : (JSON.parse(text) as Record<string, Choice>);
}

export function keepChoices(user: string, adjudication: string, choices: Record<string, Choice>): void {
  localStorage.setItem(keyOf(user, adjudication), JSON.stringify(choices));
}

export function forgetChoices(user: string, adjudication: string): void {
  localStorage.removeItem(keyOf(user, adjudication));
}

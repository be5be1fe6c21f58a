/** What the server says of each field of a person. */

/** By field; fields may stand by themselves or inside `person`, as the request has them. */
export function complaintsOf(details: unknown): Record<string, string> {
  if (typeof details !== 'object' || details === null) return {};
  const fields = 'person' in details && typeof details.person === 'object' ? (details.person ?? {}) : details;
  const found = Object.entries(fields).filter((entry): entry is [string, string[]] => Array.isArray(entry[1]));
  return Object.fromEntries(found.map(([field, sentences]) => [field, sentences.join(' ')]));
}

/** What the library tells about images that did not load or could not be drawn, as a sentence for the reader. */

/** One image that did not load, or a list of what went wrong while one was being shown. */
export function failureOf(event: Event): { imageId: string | null; error: unknown } {
  type Failure = { imageId?: string; error?: unknown; reason?: unknown };
  const { detail } = event as CustomEvent<Failure | Failure[]>;
  const failure = Array.isArray(detail) ? detail[0] : detail;
  return { imageId: failure?.imageId ?? null, error: failure?.error ?? failure?.reason };
}

export function sentenceOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (error instanceof XMLHttpRequest) {
    return error.status === 0
      ? 'The image did not arrive: the server cannot be reached.'
      : `The image did not arrive (status ${error.status}).`;
  }
  return 'The image could not be decoded.';
}

/**
 * The image loader tells of a refused request through its events, and leaves the same request in a second promise that
 * nobody waits for: not an error of the page.
 */
export function ignoreRefusedTwice(): void {
  window.addEventListener('unhandledrejection', (event) => {
    if (event.reason instanceof XMLHttpRequest) event.preventDefault();
  });
}

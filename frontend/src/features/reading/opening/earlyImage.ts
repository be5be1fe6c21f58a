/** Decodes the first image of a case that was opened early, while the page is drawn and the viewer starts. */
import { prefetch } from '../../../viewer/images/loading';
import { stacksOf } from '../../../viewer/images/stacks';
import { lookEarly } from './earlyOpen';

export async function decodeEarly(): Promise<void> {
  try {
    const payload = await lookEarly();
    const first = payload === null ? [] : stacksOf(payload.images).slice(0, 1);
    await prefetch(first.map((stack) => stack.frames[0]), new AbortController().signal);
  } catch {
    // The viewport loads it again and says what is wrong.
  }
}

/** The case that the reader submitted before this one; before one that is not submitted, the last. */
import { request } from '../../../api/client';

export async function previousCase(id: string): Promise<string | null> {
  const previous = await request<{ id: string | null }>('GET', `/assignments/${id}/previous/`);
  return previous.id;
}

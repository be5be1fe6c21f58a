/**
 * One identifier for one intent. Sent again after a lost answer, the same content is the same request; once it was
 * acknowledged, the same content is a new one.
 */
export class Intents {
  private readonly ids = new Map<string, string>();

  idOf(content: string): string {
    const id = this.ids.get(content) ?? crypto.randomUUID();
    this.ids.set(content, id);
    return id;
  }

  acknowledged(content: string): void {
    this.ids.delete(content);
  }
}

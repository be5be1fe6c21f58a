/**
 * Sends many files, a few at a time, outlasting a lost connection. The only list it holds is of what was refused: twenty
 * thousand files cost the page one line of figures.
 */
import type { PickedFile } from './fileTree';

export type SendFile = (
  picked: PickedFile,
  onProgress: (sentBytes: number) => void,
  signal: AbortSignal,
) => Promise<void>;

export interface UploadFailure {
  path: string;
  message: string;
}

export interface UploadSnapshot {
  /** `waiting`: the connection is lost and is tried again. */
  state: 'sending' | 'waiting' | 'sent' | 'cancelled';
  nTotal: number;
  nSent: number;
  nFailed: number;
  bytesTotal: number;
  bytesSent: number;
  /** What the server refused for good, those of an earlier try among them. */
  failures: UploadFailure[];
}

interface UploadOptions {
  parallel?: number;
  /** First pause after a lost connection in ms; doubled up to half a minute. */
  retryAfterMs?: number;
  /** True when trying again makes sense: no answer came, or the server is busy. */
  isTemporary: (error: unknown) => boolean;
  /** Files of the same import that were refused before and are not sent now. */
  refusedBefore?: UploadFailure[];
}

const LONGEST_PAUSE_MS = 30_000;
const NOTIFY_EVERY_MS = 200;

/** Everything that was picked is on the server. Where some was refused, a person looks at it before the rest goes on. */
export function isWhole({ state, nFailed }: UploadSnapshot): boolean {
  return state === 'sent' && nFailed === 0;
}

export class UploadQueue {
  private readonly abort = new AbortController();
  private readonly listeners = new Set<() => void>();
  private readonly partial = new Map<PickedFile, number>();
  private next = 0;
  private nWaiting = 0;
  private bytesDone = 0;
  private notifyTimer: ReturnType<typeof setTimeout> | null = null;
  private current: UploadSnapshot;

  constructor(
    private readonly files: PickedFile[],
    private readonly send: SendFile,
    private readonly options: UploadOptions,
  ) {
    const bytesTotal = files.reduce((sum, { file }) => sum + file.size, 0);
    const failures = options.refusedBefore ?? [];
    const nTotal = files.length + failures.length;
    this.current = { state: 'sending', nTotal, nSent: 0, nFailed: failures.length, bytesTotal, bytesSent: 0, failures };
  }

  /** Resolves when nothing is left to send, or when cancelled. */
  async run(): Promise<UploadSnapshot> {
    const lanes = Array.from({ length: this.options.parallel ?? 4 }, () => this.lane());
    await Promise.all(lanes);
    this.update({ state: this.abort.signal.aborted ? 'cancelled' : 'sent' });
    this.publish();
    return this.current;
  }

  cancel(): void {
    this.abort.abort();
  }

  readonly snapshot = (): UploadSnapshot => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private async lane(): Promise<void> {
    while (this.next < this.files.length && !this.abort.signal.aborted) {
      const picked = this.files[this.next];
      this.next += 1;
      await this.sendOne(picked);
    }
  }

  private async sendOne(picked: PickedFile): Promise<void> {
    let pause = this.options.retryAfterMs ?? 1000;
    while (!this.abort.signal.aborted) {
      try {
        await this.send(picked, (sent) => this.progress(picked, sent), this.abort.signal);
        return this.finished(picked, null);
      } catch (error) {
        if (this.abort.signal.aborted) return;
        if (!this.options.isTemporary(error)) return this.finished(picked, error);
        await this.wait(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  private async wait(ms: number): Promise<void> {
    this.nWaiting += 1;
    this.update({ state: 'waiting' });
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.abort.signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
    this.nWaiting -= 1;
    if (this.nWaiting === 0) this.update({ state: 'sending' });
  }

  private progress(picked: PickedFile, sent: number): void {
    this.partial.set(picked, Math.min(sent, picked.file.size));
    this.update({});
  }

  private finished(picked: PickedFile, error: unknown): void {
    this.partial.delete(picked);
    this.bytesDone += picked.file.size;
    if (error === null) return this.update({ nSent: this.current.nSent + 1 });
    const failure = { path: picked.path, message: error instanceof Error ? error.message : 'It was refused.' };
    const failures = [...this.current.failures, failure];
    this.update({ nFailed: failures.length, failures });
  }

  private update(change: Partial<UploadSnapshot>): void {
    const inFlight = [...this.partial.values()].reduce((sum, sent) => sum + sent, 0);
    this.current = { ...this.current, ...change, bytesSent: this.bytesDone + inFlight };
    this.notifyTimer ??= setTimeout(() => this.publish(), NOTIFY_EVERY_MS);
  }

  private publish(): void {
    if (this.notifyTimer !== null) clearTimeout(this.notifyTimer);
    this.notifyTimer = null;
    this.listeners.forEach((call) => call());
  }
}

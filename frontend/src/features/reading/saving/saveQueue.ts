/**
 * Saves a draft: journal first, then one request at a time with the version it was made on, always the newest content.
 * It never merges and never drops: what the server refuses as stale is handed to the reader with both versions.
 */
import { ApiError } from '../../../api/errors';
import { refusedText } from '../../../api/takenAway';
import type { Draft, ReadDocument } from '../../../api/types';
import { sameDocument } from '../session/edits';
import type { Journal, JournalEntry } from './journal';

export type UnsavedReason = 'offline' | 'server' | 'signedOut' | 'refused';

export type SaveStatus =
  | { kind: 'saved'; at: number | null }
  | { kind: 'saving' }
  | { kind: 'unsaved'; since: number; changes: number; reason: UnsavedReason; kept: boolean; code: string; message: string }
  | { kind: 'conflict'; mine: ReadDocument; server: Draft };

export interface SaveQueueOptions {
  assignment: string;
  version: number;
  journal: Journal;
  send: (document: ReadDocument, version: number) => Promise<{ version: number }>;
  onStatus: (status: SaveStatus) => void;
  now: () => number;
  /** Runs the callback later and returns what undoes it. */
  later: (callback: () => void, ms: number) => () => void;
}

/** Text that is still being typed goes to the server when the hands rest; the journal has each letter at once. */
const REST_MS = 500;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

export class SaveQueue {
  private version: number;
  private latest: ReadDocument | null = null;
  private changes = 0;
  /** The last change was a letter: the next one is the same change. */
  private typing = false;
  private since = 0;
  private kept = true;
  private sending: Promise<void> | null = null;
  private stopped = false;
  private retryMs = FIRST_RETRY_MS;
  private cancelLater: (() => void) | null = null;
  private journalled: Promise<unknown> = Promise.resolve();
  private toKeep: JournalEntry | null = null;

  constructor(private readonly options: SaveQueueOptions) {
    this.version = options.version;
  }

  get baseVersion(): number {
    return this.version;
  }

  /** A change was made; `since` is given when the change is older, replayed from the journal. */
  push(document: ReadDocument, replayed?: { since: number; changes: number }): void {
    this.typing = false;
    if (this.take(document, replayed?.changes ?? 1, replayed?.since) && this.sending === null) this.start();
  }

  /** A letter was typed: journalled now, sent when no other follows for a moment. */
  pushTyped(document: ReadDocument): void {
    const goesOn = this.typing && this.changes > 0;
    this.typing = true;
    if (!this.take(document, goesOn ? 0 : 1) || this.sending !== null) return;
    this.options.onStatus({ kind: 'saving' });
    this.later(REST_MS);
  }

  /** Try now: the connection or the sign-in is back. */
  resume(): void {
    if (this.latest !== null && this.sending === null && !this.stopped) this.start();
  }

  /** Go on with the chosen document on top of the version the server has. */
  resolve(document: ReadDocument, serverVersion: number): void {
    this.version = serverVersion;
    this.stopped = false;
    this.push(document);
  }

  /** Go on saving after a submit that was refused. */
  restart(): void {
    this.stopped = false;
    this.resume();
  }

  /** Send nothing more; resolves when the request under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelLater?.();
    await this.sending;
    await this.journalled;
  }

  private take(document: ReadDocument, changes: number, since?: number): boolean {
    if (this.stopped) return false;
    if (this.changes === 0) this.since = since ?? this.options.now();
    this.changes += changes;
    this.latest = document;
    this.keep(document);
    return true;
  }

  private keep(document: ReadDocument): void {
    const { version: baseVersion, changes, since } = this;
    const isWaiting = this.toKeep !== null;
    this.toKeep = { document, baseVersion, changes, since, amending: false, submit: null };
    // One after another, so that an older entry never overwrites a newer; what waits its turn gives way to the newest.
    if (!isWaiting) this.journalled = this.journalled.then(() => this.keepNewest());
  }

  private async keepNewest(): Promise<void> {
    const entry = this.toKeep;
    this.toKeep = null;
    if (entry !== null) this.kept = await this.options.journal.put(this.options.assignment, entry);
  }

  private start(): void {
    this.cancelLater?.();
    this.cancelLater = null;
    this.sending = this.drain().finally(() => {
      this.sending = null;
    });
  }

  private async drain(): Promise<void> {
    while (this.latest !== null && !this.stopped) {
      const document = this.latest;
      this.options.onStatus({ kind: 'saving' });
      try {
        const answer = await this.options.send(document, this.version);
        await this.confirmed(document, answer.version);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const server = staleDraft(error);
        if (server !== null && sameDocument(server.document, document)) {
          // Our own save arrived earlier and only its answer was lost.
          await this.confirmed(document, server.version);
          continue;
        }
        this.failed(error, document, server);
        return;
      }
    }
  }

  private async confirmed(document: ReadDocument, version: number): Promise<void> {
    this.version = version;
    this.retryMs = FIRST_RETRY_MS;
    if (this.latest !== document) {
      this.keep(this.latest ?? document);
      return;
    }
    this.latest = null;
    this.changes = 0;
    this.toKeep = null;
    this.journalled = this.journalled.then(() => this.options.journal.remove(this.options.assignment));
    if (!this.stopped) this.options.onStatus({ kind: 'saved', at: this.options.now() });
  }

  private failed(error: ApiError, document: ReadDocument, server: Draft | null): void {
    if (this.stopped) return;
    if (server !== null) {
      this.stopped = true;
      this.options.onStatus({ kind: 'conflict', mine: this.latest ?? document, server });
      return;
    }
    const reason = reasonOf(error);
    const { since, changes, kept } = this;
    this.options.onStatus({ kind: 'unsaved', since, changes, reason, kept, code: error.code, message: refusedText(error, 'clause') });
    if (reason === 'offline' || reason === 'server') this.retryLater();
  }

  private later(ms: number): void {
    this.cancelLater?.();
    this.cancelLater = this.options.later(() => this.resume(), ms);
  }

  private retryLater(): void {
    this.later(this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }
}

function reasonOf(error: ApiError): UnsavedReason {
  if (error.status === 0) return 'offline';
  if (error.status === 401) return 'signedOut';
  return error.status >= 500 || error.status === 429 ? 'server' : 'refused';
}

function staleDraft(error: ApiError): Draft | null {
  if (error.status !== 412) return null;
  const details = error.details as Partial<Draft> | null;
  if (typeof details?.version !== 'number' || details.document === undefined) return null;
  return { version: details.version, document: details.document };
}

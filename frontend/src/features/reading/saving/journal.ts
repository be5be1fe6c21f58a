/**
 * What a reader did and the server may not have yet, kept in this browser by user and assignment. It holds answers and
 * marks, no pixels and nothing of the patient. An entry goes when the server has confirmed its content.
 */
import { openDB, type IDBPDatabase } from 'idb';

import type { ReadDocument } from '../../../api/types';

/** A submit is kept with its identifier, so that sending it again cannot make a second read. */
export interface PendingSubmit {
  client_uuid: string;
  kind: 'submit' | 'amend';
  document: ReadDocument;
  active_ms: number;
  display_state: object;
  reason: string | null;
}

export interface JournalEntry {
  document: ReadDocument;
  /** Version of the server's draft that these changes were made on. */
  baseVersion: number;
  changes: number;
  /** When the first unsaved change was made, ms since 1970. */
  since: number;
  /** The changes correct a submitted read and go to the server only with its new version. */
  amending: boolean;
  submit: PendingSubmit | null;
}

/** What belonged to a correction that was given up, and the server may still have. */
export interface GivenUp {
  /** Version of the draft that the server had put aside. */
  aside: number | null;
  /** Flags "not readable" by their id. */
  flags: string[];
}

/** An entry whose submit has no answer yet. */
export type SentEntry = JournalEntry & { submit: PendingSubmit };

export interface Journal<Entry = JournalEntry> {
  get(assignment: string): Promise<Entry | null>;
  /** Resolves to false where this browser keeps nothing, such as a private window. */
  put(assignment: string, entry: Entry): Promise<boolean>;
  remove(assignment: string): Promise<void>;
}

const DATABASE = 'labelhub-journal';
const STORE = 'drafts';

export class IndexedDbJournal<Entry = JournalEntry> implements Journal<Entry> {
  private database: Promise<IDBPDatabase> | null = null;
  /** Stands in where the browser refuses a database: still good for a lost connection, not for a reload. */
  private readonly memory = new Map<string, Entry>();

  /** `shelf` keeps entries of another kind apart from what was done. */
  constructor(
    private readonly userId: string,
    private readonly shelf: 'given-up' | null = null,
  ) {}

  async get(assignment: string): Promise<Entry | null> {
    const stored = await this.attempt((database) => database.get(STORE, this.key(assignment)));
    return (stored.ok ? (stored.result as Entry | undefined) : undefined) ?? this.memory.get(assignment) ?? null;
  }

  async put(assignment: string, entry: Entry): Promise<boolean> {
    this.memory.set(assignment, entry);
    return (await this.attempt((database) => database.put(STORE, entry, this.key(assignment)))).ok;
  }

  async remove(assignment: string): Promise<void> {
    this.memory.delete(assignment);
    await this.attempt((database) => database.delete(STORE, this.key(assignment)));
  }

  private key(assignment: string): string {
    const key = `${this.userId}/${assignment}`;
    return this.shelf === null ? key : `${key}/${this.shelf}`;
  }

  /** A write resolves when its transaction is complete, that is when the entry would survive the page. */
  private async attempt<T>(run: (database: IDBPDatabase) => Promise<T>): Promise<{ ok: true; result: T } | { ok: false }> {
    try {
      this.database ??= openDB(DATABASE, 1, { upgrade: (database) => void database.createObjectStore(STORE) });
      return { ok: true, result: await run(await this.database) };
    } catch (error) {
      if (error instanceof DOMException || error instanceof ReferenceError) return { ok: false };
      throw error;
    }
  }
}

/**
 * What a reader did and the server may not have yet, kept in this browser by user and assignment. It holds answers and
 * marks, no pixels and nothing of the patient. An entry goes when the server has confirmed its content.
 */
import type { ReadDocument } from '../../api/types';

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

export interface Journal {
  get(assignment: string): Promise<JournalEntry | null>;
  /** Resolves to false where this browser keeps nothing, such as a private window. */
  put(assignment: string, entry: JournalEntry): Promise<boolean>;
  remove(assignment: string): Promise<void>;
}

const DATABASE = 'labelhub-journal';
const STORE = 'drafts';

export class IndexedDbJournal implements Journal {
  private database: Promise<IDBDatabase> | null = null;
  /** Stands in where the browser refuses a database: still good for a lost connection, not for a reload. */
  private readonly memory = new Map<string, JournalEntry>();

  constructor(private readonly userId: string) {}

  async get(assignment: string): Promise<JournalEntry | null> {
    const stored = await this.attempt<JournalEntry | undefined>('readonly', (store) => store.get(this.key(assignment)));
    return (stored.ok ? stored.result : undefined) ?? this.memory.get(assignment) ?? null;
  }

  async put(assignment: string, entry: JournalEntry): Promise<boolean> {
    this.memory.set(assignment, entry);
    const stored = await this.attempt('readwrite', (store) => store.put(entry, this.key(assignment)));
    return stored.ok;
  }

  async remove(assignment: string): Promise<void> {
    this.memory.delete(assignment);
    await this.attempt('readwrite', (store) => store.delete(this.key(assignment)));
  }

  private key(assignment: string): string {
    return `${this.userId}/${assignment}`;
  }

  private async attempt<T>(
    mode: IDBTransactionMode,
    run: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<{ ok: true; result: T } | { ok: false }> {
    try {
      const database = await this.open();
      return { ok: true, result: await settle(database, mode, run) };
    } catch (error) {
      if (error instanceof DOMException || error instanceof ReferenceError) return { ok: false };
      throw error;
    }
  }

  private open(): Promise<IDBDatabase> {
    this.database ??= new Promise((resolve, reject) => {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    return this.database;
  }
}

/** Resolves when the transaction is complete, that is when the entry would survive the page. */
function settle<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const asked = run(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

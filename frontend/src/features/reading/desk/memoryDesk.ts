/**
 * The desk of a manager who sees the workspace as a reader would. What is done stays in this object and goes with the
 * page: nothing reaches the server, and nothing is kept in the browser.
 */
import type { Finding, ReadDocument, WorkspacePayload } from '../../../api/types';
import { plural } from '../../../lib/format';
import { seeAsReader, type AsReader } from '../api/asReader';
import { carryNotice } from '../opening/carriedNotice';
import type { Journal } from '../saving/journal';
import type { Desk } from './desk';

const NOTE = 'You see this as a reader would. Nothing is stored.';
const NOT_STORED = 'Nothing was stored.';

/** Cases go by their number in the project. */
export interface MemoryDesk extends Desk {
  /** The case that a walk begins with, or goes on with behind another; null with the reason when there is none. */
  begin: (after: string | null) => Promise<{ id: string | null; message: string }>;
}

export function makeMemoryDesk(slug: string): MemoryDesk {
  /** Asked for and not opened yet: each request is a look that is kept. */
  const asked = new Map<string, AsReader>();
  const payloads = new Map<string, WorkspacePayload>();
  const following = new Map<string, number | null>();
  const documents = new Map<string, ReadDocument>();
  const visited: string[] = [];
  const base = `/p/${slug}/as-reader`;

  const keep = (answer: AsReader) => {
    if (answer.number !== null) following.set(String(answer.number), answer.next);
    return answer;
  };

  const open = async (id: string): Promise<WorkspacePayload> => {
    const early = asked.get(id);
    asked.delete(id);
    const seen = payloads.get(id);
    const workspace = seen ?? (early ?? keep(await seeAsReader(slug, { case: id }))).workspace;
    if (workspace === null) throw new Error('A case that was named has a workspace.');
    if (!visited.includes(id)) visited.push(id);
    const document = documents.get(id) ?? workspace.draft.document;
    const payload = {
      ...workspace,
      assignment: { ...workspace.assignment, id, label: `My case ${visited.indexOf(id) + 1}` },
      draft: { ...workspace.draft, document },
    };
    payloads.set(id, payload);
    return payload;
  };

  return {
    note: NOTE,
    hasWorklist: false,
    home: (_slug, id) => ({ to: id === '' ? `/p/${slug}/cases` : `/p/${slug}/cases/${id}`, name: 'Leave', title: 'Leave what a reader sees' }),
    caseAddress: (id) => `${base}/${id}`,
    nextAddress: (_slug, after) => {
      const next = following.get(after) ?? null;
      return next === null ? `${base}?after=${after}` : `${base}/${next}`;
    },
    begin: async (after) => {
      const answer = keep(await seeAsReader(slug, after === null ? null : { after }));
      if (answer.number === null) return { id: null, message: answer.message };
      const id = String(answer.number);
      asked.set(id, answer);
      return { id, message: '' };
    },
    open,
    peek: open,
    // The next case is not asked for ahead: nobody looks at it yet.
    next: () => Promise.resolve({ assignment: null, message: '' }),
    previous: (id) => Promise.resolve(visited[visited.indexOf(id) - 1] ?? null),
    saveDraft: (id, document, version) => {
      documents.set(id, document);
      return Promise.resolve({ version: version + 1 });
    },
    forgetDraft: () => Promise.resolve(),
    sendRead: (id, submit) => {
      documents.set(id, submit.document);
      const payload = payloads.get(id);
      if (payload !== undefined) carryNotice({ tone: 'info', text: wouldBeSubmitted(payload, submit.document) });
      return Promise.resolve({ read: null, late: false });
    },
    heartbeat: null,
    skip: () => Promise.resolve(),
    flag: () => Promise.resolve(),
    withdrawFlag: () => Promise.resolve(),
    journal: () => memoryJournal(),
    skipped: (label) => ({ tone: 'info', text: `${label} would be skipped, and another reader would get it. ${NOT_STORED}` }),
    told: { tone: 'info', text: `The data manager would be told at once. ${NOT_STORED}` },
  };
}

/** What Enter would have sent, in one sentence. */
export function wouldBeSubmitted({ assignment, schema }: WorkspacePayload, document: ReadDocument): string {
  const label = assignment.label;
  if (document.not_readable) return `${label} would be submitted as not readable. ${NOT_STORED}`;
  const answered = schema.findings.filter(({ code }) => document.answers[code] !== undefined);
  const said = ['present', 'uncertain']
    .map((value) => namesWith(answered, document, value))
    .filter((part) => part !== '');
  const nAbsent = answered.filter(({ code }) => document.answers[code]?.value === 'absent').length;
  if (nAbsent > 0) said.push(`${plural(nAbsent, 'finding')} absent`);
  const nMarks = document.annotations.length;
  if (nMarks > 0) said.push(plural(nMarks, 'mark'));
  return `${label} would be submitted: ${said.join('; ') || 'no finding answered'}. ${NOT_STORED}`;
}

function namesWith(findings: Finding[], document: ReadDocument, value: string): string {
  const names = findings.filter(({ code }) => document.answers[code]?.value === value).map((finding) => finding.name);
  return names.length === 0 ? '' : `${names.join(', ')} ${value}`;
}

function memoryJournal<Entry>(): Journal<Entry> {
  const entries = new Map<string, Entry>();
  return {
    get: (assignment) => Promise.resolve(entries.get(assignment) ?? null),
    put: (assignment, entry) => {
      entries.set(assignment, entry);
      return Promise.resolve(true);
    },
    remove: (assignment) => {
      entries.delete(assignment);
      return Promise.resolve();
    },
  };
}

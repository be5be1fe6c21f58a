/** What leads from an empty project to its first read, and how far that is. Pure. */
import type { Dashboard } from '../../api/dashboard';
import { isHere, type Member } from '../../api/members';
import type { Project } from '../../api/projects';
import { count, plural } from '../../lib/format';

export interface Step {
  name: string;
  isDone: boolean;
  /** What there is, or what is missing. */
  state: string;
  code: string;
  /** The page of the project on which it is done; null for what readers do on theirs. */
  page: string | null;
}

/** In the order in which they are done; a project that was made from a template begins with the first two. */
export function firstSteps(project: Project, members: Member[], dashboard: Dashboard): Step[] {
  const nReaders = members.filter((member) => member.roles.includes('reader') && isHere(member)).length;
  const nWanted = project.protocol.readers_per_case ?? 1;
  const nCases = dashboard.cases.total;
  return [
    { code: 'schema', name: 'Findings and keys', isDone: true, state: plural(project.schema.findings.length, 'finding'), page: 'schema' },
    { code: 'protocol', name: 'How cases are read', isDone: true, state: `${plural(nWanted, 'reader')} a case`, page: 'protocol' },
    { code: 'images', name: 'Images', isDone: nCases > 0, state: nCases > 0 ? plural(nCases, 'case') : 'none imported yet', page: 'imports' },
    {
      code: 'readers',
      name: 'Readers',
      isDone: nReaders >= nWanted,
      state: nReaders >= nWanted ? plural(nReaders, 'reader') : `${count(nReaders)} of the ${count(nWanted)} that each case needs`,
      page: 'members',
    },
    { code: 'read', name: 'First read', isDone: dashboard.reads.done > 0, state: firstRead(nCases, nReaders), page: null },
  ];
}

function firstRead(nCases: number, nReaders: number): string {
  return nCases > 0 && nReaders > 0 ? 'readers find "Read next case" on their start page' : 'when there are images and readers';
}

/** Which pages a person is led to in a project. What they may do there is decided by the server. */
import type { Role } from '../../api/types';

export interface NavItem {
  label: string;
  path: string;
  roles: Role[];
  testId: string;
}

const PROJECT_PAGES: NavItem[] = [
  { label: 'Worklist', path: 'worklist', roles: ['reader'], testId: 'nav-worklist' },
  { label: 'Adjudication', path: 'adjudicate', roles: ['adjudicator'], testId: 'nav-adjudication' },
  { label: 'Dashboard', path: 'dashboard', roles: ['manager'], testId: 'nav-dashboard' },
  { label: 'Cases', path: 'cases', roles: ['manager', 'engineer'], testId: 'nav-cases' },
  { label: 'Import', path: 'imports', roles: ['manager'], testId: 'nav-imports' },
  { label: 'Schema', path: 'schema', roles: ['manager'], testId: 'nav-schema' },
  { label: 'Protocol', path: 'protocol', roles: ['manager'], testId: 'nav-protocol' },
  { label: 'Rounds', path: 'rounds', roles: ['manager'], testId: 'nav-rounds' },
  { label: 'Learning', path: 'learning', roles: ['manager', 'engineer'], testId: 'nav-learning' },
  { label: 'Members', path: 'members', roles: ['manager'], testId: 'nav-members' },
  { label: 'Settings', path: 'settings', roles: ['manager'], testId: 'nav-settings' },
];

export function pagesFor(roles: Role[]): NavItem[] {
  return PROJECT_PAGES.filter((page) => page.roles.some((role) => roles.includes(role)));
}

/** Whether a page is one of her roles'; `path` and `within` are what follows the project in its address. */
export function isPageOf(path: string, roles: Role[], within?: string): boolean {
  // An import is also its maker's, whatever she is by now.
  if (path === 'imports' && within !== undefined) return true;
  const page = PROJECT_PAGES.find((each) => each.path === path);
  return page === undefined || page.roles.some((role) => roles.includes(role));
}

/** Where opening a project leads: the page of the person's widest role. */
export function firstPage(slug: string, roles: Role[]): string {
  const order: [Role, string][] = [
    ['manager', 'dashboard'],
    ['adjudicator', 'adjudicate'],
    ['reader', 'worklist'],
    ['engineer', 'learning'],
  ];
  const found = order.find(([role]) => roles.includes(role));
  return found ? `/p/${slug}/${found[1]}` : '/';
}

/** Everybody who has an account; who may sign in. */
import { Button, Group } from '@mantine/core';
import { useState } from 'react';

import { roleName } from '../../../api/roles';
import { Dialog } from '../../../components/dialogs/Dialog';
import { Refused } from '../../../components/messages/Refused';
import { StateMark } from '../../../components/messages/StateMark';
import { figures, TableHead, untitled } from '../../../components/page/TableHead';
import { count, dateTime } from '../../../lib/format';
import { peopleQuery, usePersonAction, type Person } from '../api/administration';
import { FoundList } from './FoundList';

export function PeoplePanel() {
  const act = usePersonAction();
  const [asked, setAsked] = useState<Person | null>(null);
  const acting = act.isPending ? act.variables.person.id : null;
  return (
    <>
      <FoundList title="People" placeholder="Name begins with" empty="Nobody yet" testId="panel-people" query={peopleQuery}>
        {(people) => (
          <>
            {act.isError && asked === null && <Refused error={act.error} />}
            <table className="lh-table">
              <TableHead
                columns={['Name', 'Sign-in name', 'Last sign-in', figures('Projects'), 'Roles', 'State', untitled('Deactivate or reactivate')]}
              />
              <tbody>
                {people.map((person) => (
                  <PersonRow
                    key={person.id}
                    person={person}
                    isActing={acting === person.id}
                    onDeactivate={() => {
                      act.reset();
                      setAsked(person);
                    }}
                    onReactivate={() => act.mutate({ person, action: 'reactivate' })}
                  />
                ))}
              </tbody>
            </table>
          </>
        )}
      </FoundList>
      <Dialog title={`Deactivate ${asked?.display_name ?? ''}?`} opened={asked !== null} onClose={() => setAsked(null)} testId="deactivate-dialog">
        <p style={{ marginTop: 0 }}>
          She is signed out at once, everywhere, and cannot sign in until she is reactivated; her tokens stop working. Cases
          that she has open go to others; what she wrote in them is kept. Her reads and decisions stay as they are.
        </p>
        {act.isError && <Refused error={act.error} />}
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={() => setAsked(null)} data-autofocus>
            Leave it
          </Button>
          <Button
            color="red.9"
            loading={act.isPending}
            onClick={() => asked && act.mutate({ person: asked, action: 'deactivate' }, { onSuccess: () => setAsked(null) })}
            data-testid="deactivate-now"
          >
            Deactivate
          </Button>
        </Group>
      </Dialog>
    </>
  );
}

interface PersonRowProps {
  person: Person;
  isActing: boolean;
  onDeactivate: () => void;
  onReactivate: () => void;
}

function PersonRow({ person, isActing, onDeactivate, onReactivate }: PersonRowProps) {
  return (
    <tr data-testid={`person-${person.username}`}>
      <td style={{ overflowWrap: 'anywhere' }}>{person.display_name}</td>
      <td className="lh-mono" style={{ overflowWrap: 'anywhere' }}>
        {person.username}
      </td>
      <td className="lh-nowrap">{person.last_sign_in === null ? 'never' : dateTime(person.last_sign_in)}</td>
      <td className="lh-num">{count(person.n_projects)}</td>
      <td>{person.roles.map(roleHeld).join(', ')}</td>
      <td>
        <StateMark tone={person.is_active ? 'good' : 'idle'}>{person.is_active ? 'active' : 'deactivated'}</StateMark>
        {person.is_administrator && <div className="lh-note">administrator</div>}
      </td>
      <td className="lh-num">
        {person.allowed_actions.includes('deactivate') && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Deactivate ${person.display_name}`}
            onClick={onDeactivate}
            data-testid="deactivate"
          >
            Deactivate …
          </Button>
        )}
        {person.allowed_actions.includes('reactivate') && (
          <Button
            size="compact-xs"
            variant="default"
            loading={isActing}
            aria-label={`Reactivate ${person.display_name}`}
            onClick={onReactivate}
            data-testid="reactivate"
          >
            Reactivate
          </Button>
        )}
      </td>
    </tr>
  );
}

/** `reader in 3`; in one project the role alone. */
function roleHeld({ role, n_projects }: Person['roles'][number]): string {
  return n_projects === 1 ? roleName(role) : `${roleName(role)} in ${count(n_projects)}`;
}

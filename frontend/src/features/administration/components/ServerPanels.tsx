/** The server itself: where images are stored, its database, its audit trail, and the versions of its parts. */
import { Button, Code } from '@mantine/core';

import { Notice } from '../../../components/messages/Notice';
import { StateMark } from '../../../components/messages/StateMark';
import { bytes, count, dateTime, NOTHING, plural } from '../../../lib/format';
import { databaseQuery, sealsQuery, storeQuery, versionsQuery } from '../api/administration';
import { AskedPanel } from './AskedPanel';
import { Facts } from './Facts';

export function StorePanel() {
  return (
    <AskedPanel
      title="Store of images and weights"
      query={storeQuery}
      testId="panel-store"
      side={(_, ask, isAsking) => (
        <Button size="compact-xs" variant="default" loading={isAsking} onClick={ask}>
          Try it again
        </Button>
      )}
    >
      {(store) => (
        <Facts
          facts={[
            ['Kind', store.kind === 'local' ? 'files on this machine' : 'S3 bucket'],
            ['Place', <span className="lh-mono">{store.place}</span>],
            ['Free', store.free === null || store.total === null ? 'the store does not tell' : `${bytes(store.free)} of ${bytes(store.total)}`],
            [
              'Writing',
              store.is_writable ? (
                <StateMark tone="good">works</StateMark>
              ) : (
                <StateMark tone="bad">{`fails: ${store.trouble}`}</StateMark>
              ),
            ],
          ]}
        />
      )}
    </AskedPanel>
  );
}

export function DatabasePanel() {
  return (
    <AskedPanel title="Database" query={databaseQuery} testId="panel-database">
      {(database) => (
        <div className="lh-administration">
          <Facts
            facts={[
              ['Engine', database.version],
              ['Size', bytes(database.size)],
              ['Migrations', database.n_migrations_waiting === 0 ? 'all applied' : plural(database.n_migrations_waiting, 'migration') + ' not applied'],
            ]}
          />
          {database.n_migrations_waiting > 0 && (
            <Notice tone="bad">
              Stop LabelHub and run <Code>manage.py migrate</Code>: {database.migrations_waiting.join(', ')}
            </Notice>
          )}
        </div>
      )}
    </AskedPanel>
  );
}

export function SealsPanel() {
  return (
    <AskedPanel title="Audit trail and back-ups" query={sealsQuery} testId="panel-seals">
      {(seals) => (
        <div className="lh-administration">
          <Facts
            facts={[
              ['Sealed', `${plural(seals.n_sealed, 'row')}, the last of ${dateTime(seals.sealed_until)}`],
              [
                'Not sealed yet',
                seals.n_unsealed === 0 ? 'none' : `${count(seals.n_unsealed)}, since ${dateTime(seals.unsealed_since)}`,
              ],
              ['Head of the chain', <span className="lh-mono">{seals.head || NOTHING}</span>],
            ]}
          />
          <div className="lh-note">
            Keep the head elsewhere from time to time; <Code>manage.py audit_verify</Code> checks the whole chain. LabelHub makes
            no back-ups and does not know of yours: the guide for operating says how.
          </div>
        </div>
      )}
    </AskedPanel>
  );
}

export function VersionsPanel() {
  return (
    <AskedPanel title="Versions" query={versionsQuery} testId="panel-versions">
      {(versions) => (
        <Facts
          facts={[
            ['LabelHub', versions.labelhub],
            ['Code revision', versions.revision === null ? 'not known' : <span className="lh-mono">{versions.revision.slice(0, 12)}</span>],
            ['Python', versions.python],
            ['Django', versions.django],
            ['Database', versions.database],
            ['Broker', versions.broker ?? <StateMark tone="bad">does not answer</StateMark>],
          ]}
        />
      )}
    </AskedPanel>
  );
}

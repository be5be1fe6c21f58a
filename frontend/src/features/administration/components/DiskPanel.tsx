/** The folders that LabelHub writes to, with what is free on their disks. */
import { Notice } from '../../../components/messages/Notice';
import { Meter } from '../../../components/page/Stat';
import { bytes, percent, words } from '../../../lib/format';
import { diskQuery, type Folder } from '../api/administration';
import { AskedPanel } from './AskedPanel';

export function DiskPanel() {
  return (
    <AskedPanel title="Disk" query={diskQuery} testId="panel-disk">
      {({ results }) => (
        <div className="lh-administration">
          {results.some((folder) => folder.is_low) && (
            <Notice tone="warn" testId="disk-low">
              Less than a tenth is free. Make room before imports and trainings fail; nothing that is stored is lost.
            </Notice>
          )}
          {sameDisk(results).map((folders) => (
            <Disk key={folders.map((folder) => folder.name).join()} folders={folders} />
          ))}
        </div>
      )}
    </AskedPanel>
  );
}

function Disk({ folders }: { folders: Folder[] }) {
  const { total, free } = folders[0]!;
  return (
    <div>
      <div>
        {bytes(free)} free of {bytes(total)} ({percent(free / total)})
      </div>
      <div style={{ margin: '6px 0' }}>
        <Meter share={1 - free / total} label="Share of the disk that is used" />
      </div>
      {folders.map((folder) => (
        <div key={folder.name} className="lh-note" style={{ overflowWrap: 'anywhere' }}>
          {words(folder.name)}: <span className="lh-mono">{folder.path}</span>
        </div>
      ))}
    </div>
  );
}

/** Folders with the same figures are taken to be on one disk. */
export function sameDisk(folders: Folder[]): Folder[][] {
  const disks = new Map<string, Folder[]>();
  for (const folder of folders) {
    const key = `${folder.total} ${Math.round(folder.free / 1e8)}`;
    disks.set(key, [...(disks.get(key) ?? []), folder]);
  }
  return [...disks.values()];
}

/** A place to drop files, folders or archives on, or to pick them with the keyboard. */
import { Button, Group } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useRef, useState, type DragEvent, type ReactNode } from 'react';

import { droppedFiles, pickedFiles, type PickedFile } from '../../lib/fileTree';

interface DropZoneProps {
  title: string;
  note: ReactNode;
  disabled?: boolean;
  testId: string;
  onFiles: (files: PickedFile[]) => void;
}

export function DropZone({ title, note, disabled = false, testId, onFiles }: DropZoneProps) {
  const [isOver, setIsOver] = useState(false);
  const [isReading, setIsReading] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    if (disabled) return;
    setIsReading(true);
    try {
      onFiles(await droppedFiles(event.dataTransfer));
    } finally {
      setIsReading(false);
    }
  };
  const pick = (input: HTMLInputElement) => {
    if (input.files !== null && input.files.length > 0) onFiles(pickedFiles(input.files));
    // The same choice made twice should count twice.
    input.value = '';
  };

  return (
    <div
      className="lh-drop"
      data-over={isOver || undefined}
      data-testid={testId}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <IconUpload size={26} stroke={1.5} aria-hidden />
      <strong>{isReading ? 'Looking through the folder…' : title}</strong>
      <div className="lh-note">{note}</div>
      <Group gap={8} justify="center" mt={6}>
        <Button size="xs" variant="default" disabled={disabled} onClick={() => files.current?.click()}>
          Choose files or a zip
        </Button>
        <Button size="xs" variant="default" disabled={disabled} onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
      </Group>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label="Files or a zip"
        data-testid={`${testId}-files`}
        onChange={(event) => pick(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label="A folder"
        data-testid={`${testId}-folder`}
        {...{ webkitdirectory: '' }}
        onChange={(event) => pick(event.currentTarget)}
      />
    </div>
  );
}

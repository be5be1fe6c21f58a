/** The list of findings, edited in place; what collides is marked at once. */
import { ActionIcon, Checkbox, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';

import type { Finding } from '../../../api/types';
import { moved, renamed, type Problem } from '../findings';
import { TableHead, untitled } from '../../../components/page/TableHead';

interface FindingsTableProps {
  findings: Finding[];
  /** Codes of the version that is edited: reads name them, so that they stay when a name changes. */
  savedCodes: ReadonlySet<string>;
  problems: Problem[];
  onChange: (findings: Finding[]) => void;
}

export function FindingsTable({ findings, savedCodes, problems, onChange }: FindingsTableProps) {
  const edit = (index: number, change: Partial<Finding>) =>
    onChange(findings.map((each, i) => (i === index ? { ...each, ...change } : each)));
  const problem = (index: number, field: Problem['field']) =>
    problems.find((each) => each.index === index && each.field === field)?.message;

  return (
    <table className="lh-table lh-findings">
      <TableHead columns={['Name', 'Code', 'Key', 'Required', 'Boxes', untitled('Order and removal')]} />
      <tbody>
        {findings.map((finding, index) => (
          // The place in the list is what identifies a finding while its code is being written.
          <tr key={index} data-testid={`finding-${index}`}>
            <td>
              <TextInput
                size="xs"
                aria-label={`Name of finding ${index + 1}`}
                // A finding that was just added is named next.
                autoFocus={finding.name === ''}
                value={finding.name}
                error={problem(index, 'name')}
                onChange={(event) => edit(index, renamed(finding, event.currentTarget.value, savedCodes))}
                data-testid={`finding-name-${index}`}
              />
            </td>
            <td>
              <TextInput
                size="xs"
                classNames={{ input: 'lh-mono' }}
                aria-label={`Code of finding ${index + 1}`}
                value={finding.code}
                error={problem(index, 'code')}
                onChange={(event) => edit(index, { code: event.currentTarget.value })}
                data-testid={`finding-code-${index}`}
              />
            </td>
            <td>
              <KeyInput
                finding={finding}
                index={index}
                error={problem(index, 'hotkey')}
                onKey={(hotkey) => edit(index, { hotkey })}
              />
            </td>
            <td>
              <Checkbox
                size="xs"
                aria-label={`${finding.name} must be answered`}
                checked={finding.required}
                onChange={(event) => edit(index, { required: event.currentTarget.checked })}
              />
            </td>
            <td>
              <Checkbox
                size="xs"
                aria-label={`${finding.name} takes boxes`}
                checked={finding.boxes}
                onChange={(event) => edit(index, { boxes: event.currentTarget.checked })}
              />
            </td>
            <td className="lh-num lh-row-buttons">
              <RowButton label={`Move ${finding.name} up`} onClick={() => onChange(moved(findings, index, -1))}>
                <IconArrowUp size={15} />
              </RowButton>
              <RowButton label={`Move ${finding.name} down`} onClick={() => onChange(moved(findings, index, 1))}>
                <IconArrowDown size={15} />
              </RowButton>
              <RowButton
                label={`Remove ${finding.name}`}
                onClick={() => onChange(findings.filter((_, i) => i !== index))}
              >
                <IconTrash size={15} />
              </RowButton>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface KeyInputProps {
  finding: Finding;
  index: number;
  error: string | undefined;
  onKey: (key: string) => void;
}

/** Takes the key that is pressed, so that nobody types a word into it. */
function KeyInput({ finding, index, error, onKey }: KeyInputProps) {
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Backspace' || event.key === 'Delete') onKey('');
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onKey(event.key.toLowerCase());
  };
  return (
    <TextInput
      size="xs"
      w={error ? 150 : 46}
      classNames={{ input: 'lh-mono' }}
      aria-label={`Key of ${finding.name}; press the key you want`}
      value={finding.hotkey}
      error={error}
      onKeyDown={press}
      readOnly
      data-testid={`finding-key-${index}`}
    />
  );
}

function RowButton(props: { label: string; onClick: () => void; children: React.ReactNode }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="sm" aria-label={props.label} onClick={props.onClick}>
      {props.children}
    </ActionIcon>
  );
}

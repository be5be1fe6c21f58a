/** What a correction would change, then a reason, then the correction itself. */
import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';

import { LoadingRows } from '../../../components/messages/Blank';
import { Notice } from '../../../components/messages/Notice';
import { Refused } from '../../../components/messages/Refused';
import { TableHead } from '../../../components/page/TableHead';
import { previewQuery, useCorrect, type Address, type Preview, type Wanted } from '../api/corrections';

interface CorrectionFormProps {
  address: Address;
  /** What is to be; null while it is not chosen. */
  wanted: Wanted | null;
  /** The fields by which it is chosen. */
  children: ReactNode;
  onDone: () => void;
  onClose: () => void;
}

export function CorrectionForm({ address, wanted, children, onDone, onClose }: CorrectionFormProps) {
  const [reason, setReason] = useState('');
  const preview = useQuery(previewQuery(address, wanted));
  const correct = useCorrect(address);
  const shown = wanted === null ? undefined : preview.data;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted === null || shown === undefined || reason.trim() === '' || correct.isPending) return;
    correct.mutate({ wanted, reason: reason.trim(), shown: shown.shown }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={14}>
        {children}
        {wanted !== null && preview.isPending && <LoadingRows rows={2} />}
        {wanted !== null && preview.error && <Refused error={preview.error} />}
        {shown !== undefined && <Follows preview={shown} />}
        <Textarea
          label="Reason"
          description="Kept with the correction. No patient data, please."
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-testid="correct-reason"
        />
        {correct.isError && <Refused error={correct.error} />}
        <Group justify="flex-end" gap={10}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={shown === undefined || reason.trim() === ''}
            loading={correct.isPending}
            data-testid="correct-confirm"
          >
            Correct
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Follows({ preview }: { preview: Preview }) {
  return (
    <>
      <table className="lh-table" data-testid="correct-preview">
        <TableHead columns={['Case', 'Split', 'Reads', 'Labels']} />
        <tbody>
          {preview.cases.map((each) => (
            <tr key={each.id}>
              <td>{each.label}</td>
              <td>{each.split === each.split_before ? each.split : `${each.split_before} → ${each.split}`}</td>
              <td>{each.n_reads}</td>
              <td>{each.n_labels}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {preview.notes.map((note) => (
        <Notice key={note}>{note}</Notice>
      ))}
    </>
  );
}

/** A manager corrects one image: its view and side, or whether it belongs to its case. */
import { SegmentedControl, Select, Stack } from '@mantine/core';
import { useState } from 'react';

import { Dialog } from '../../../components/dialogs/Dialog';
import type { Wanted } from '../api/corrections';
import { CorrectionForm } from './CorrectionForm';

/** View Position (PS3.3 C.8.11.5 and C.8.1.1); CC to XCCM are those of mammograms. */
const VIEWS = ['PA', 'AP', 'LL', 'RL', 'LLD', 'RLD', 'LLO', 'RLO', 'CC', 'MLO', 'ML', 'LM', 'LMO', 'SIO', 'XCCL', 'XCCM'];
const SIDES = [
  { value: 'R', label: 'right' },
  { value: 'L', label: 'left' },
  { value: 'B', label: 'both' },
];

type What = 'view' | 'in-case';

interface CorrectImageDialogProps {
  instance: string;
  name: string;
  view: string;
  laterality: string;
  isLeftOut: boolean;
  onDone: () => void;
  onClose: () => void;
}

export function CorrectImageDialog({ instance, name, isLeftOut, onDone, onClose, ...now }: CorrectImageDialogProps) {
  const [what, setWhat] = useState<What>(isLeftOut ? 'in-case' : 'view');
  const [view, setView] = useState(now.view);
  const [laterality, setLaterality] = useState(now.laterality);
  const isChanged = view !== now.view || laterality !== now.laterality;
  const wanted: Wanted | null = what === 'in-case' ? { is_in: String(isLeftOut) } : isChanged ? { view, laterality } : null;
  const belongs = isLeftOut ? 'Take it in again' : 'Wrong image';
  return (
    <Dialog title={`Correct ${name}`} opened onClose={onClose} size={600} testId="correct-image-dialog">
      <Stack gap={14}>
        {!isLeftOut && (
          <SegmentedControl
            aria-label="What is corrected"
            data={[
              { value: 'view', label: 'View and side' },
              { value: 'in-case', label: belongs },
            ]}
            value={what}
            onChange={(value) => setWhat(value as What)}
          />
        )}
        <CorrectionForm key={what} address={`/instances/${instance}/${what}/`} wanted={wanted} onDone={onDone} onClose={onClose}>
          {what === 'view' && (
            <>
              <Select
                label="View"
                data={VIEWS}
                value={view || null}
                placeholder="not known"
                clearable
                searchable
                onChange={(value) => setView(value ?? '')}
              />
              <Select
                label="Side"
                data={SIDES}
                value={laterality || null}
                placeholder="not known"
                clearable
                onChange={(value) => setLaterality(value ?? '')}
              />
            </>
          )}
          {what === 'in-case' && (
            <div>
              {isLeftOut
                ? 'The image belongs to its case after all: readers are given it again.'
                : 'The image does not belong to its case: readers are not given it, and no model learns from it.'}
            </div>
          )}
        </CorrectionForm>
      </Stack>
    </Dialog>
  );
}

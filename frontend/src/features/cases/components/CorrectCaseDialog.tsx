/** A manager corrects split, patient or site of one case. She sees what follows before anything changes. */
import { NumberInput, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';

import { Dialog } from '../../../components/dialogs/Dialog';
import type { Wanted } from '../api/corrections';
import type { ChosenCase } from '../outcome';
import { CorrectionForm } from './CorrectionForm';

type What = 'split' | 'patient' | 'site';

const WHAT = [
  { value: 'split', label: 'Split' },
  { value: 'patient', label: 'Patient' },
  { value: 'site', label: 'Site' },
];
const SPLITS = ['pool', 'validation', 'test'];
const WHOSE = [
  { value: 'other', label: 'Of another case’s patient' },
  { value: 'own', label: 'Of a patient of its own' },
];

interface CorrectCaseDialogProps {
  chosen: ChosenCase;
  onDone: () => void;
  onClose: () => void;
}

export function CorrectCaseDialog({ chosen, onDone, onClose }: CorrectCaseDialogProps) {
  const [what, setWhat] = useState<What>('split');
  const [split, setSplit] = useState('');
  const [whose, setWhose] = useState('other');
  const [number, setNumber] = useState<number | string>('');
  const [site, setSite] = useState<string | null>(null);
  // What follows is asked for once she stops typing. Until then nothing is wanted: what is done is what the field says.
  const [typed] = useDebouncedValue(`${number}/${site}`, 300);
  const isTyping = typed !== `${number}/${site}`;

  const ofAnother: Wanted | null = typeof number === 'number' ? { same_as: String(number) } : null;
  const wanted: Record<What, Wanted | null> = {
    split: split === '' ? null : { split },
    patient: whose === 'own' ? {} : ofAnother,
    site: site === null ? null : { site: site.trim() },
  };
  return (
    <Dialog title={`Correct ${chosen.label}`} opened onClose={onClose} size={600} testId="correct-dialog">
      <Stack gap={14}>
        <SegmentedControl aria-label="What is corrected" data={WHAT} value={what} onChange={(value) => setWhat(value as What)} />
        <CorrectionForm
          key={what}
          address={`/cases/${chosen.id}/${what}/`}
          wanted={isTyping ? null : wanted[what]}
          onDone={onDone}
          onClose={onClose}
        >
          {what === 'split' && (
            <SegmentedControl aria-label="Split of the patient" data={SPLITS} value={split} onChange={setSplit} />
          )}
          {what === 'patient' && (
            <>
              <SegmentedControl aria-label="Whose it is" data={WHOSE} value={whose} onChange={setWhose} />
              {whose === 'other' && (
                <NumberInput
                  label="Number of a case of that patient"
                  min={1}
                  allowDecimal={false}
                  value={number}
                  onChange={setNumber}
                  data-testid="correct-number"
                />
              )}
            </>
          )}
          {what === 'site' && (
            <TextInput
              label="Site"
              description="Empty where it is not known."
              maxLength={64}
              value={site ?? ''}
              onChange={(event) => setSite(event.currentTarget.value)}
              data-testid="correct-site"
            />
          )}
        </CorrectionForm>
      </Stack>
    </Dialog>
  );
}

/** Copies a text and says so. */
import { Button, type ButtonProps } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';

import { copyText } from '../../../lib/copy';

interface CopyButtonProps extends ButtonProps {
  text: string;
  /** What is copied, heard where the button's word alone does not say it. */
  what?: string;
  children: string;
  'data-testid'?: string;
}

export function CopyButton({ text, what, children, ...button }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  const copy = async () => setOutcome((await copyText(text)) ? 'copied' : 'failed');
  const words = { copied: 'Copied', failed: 'Select and copy by hand' };
  return (
    <Button
      variant="default"
      leftSection={outcome === 'copied' ? <IconCheck size={15} /> : <IconCopy size={15} />}
      onClick={() => void copy()}
      {...button}
    >
      {outcome === null ? children : words[outcome]}
      {what !== undefined && <span className="lh-hidden">{`, ${what}`}</span>}
    </Button>
  );
}

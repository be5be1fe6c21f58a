/** A dialog of the workspaces: no motion, dark, focus back on the image when it closes. Ctrl+Enter sends its form. */
import { Modal } from '@mantine/core';
import type { KeyboardEvent, ReactNode } from 'react';

interface DialogProps {
  title: string;
  opened: boolean;
  /** Left out where the dialog must be answered. */
  onClose?: () => void;
  size?: string | number;
  /** Nothing of the page is seen behind it. */
  isOpaque?: boolean;
  testId?: string;
  children: ReactNode;
}

export function Dialog({ title, opened, onClose, size = 460, isOpaque = false, testId, children }: DialogProps) {
  // Gone from the page when closed, so that nothing of it can be read or reached.
  if (!opened) return null;
  const mustAnswer = onClose === undefined;
  return (
    <Modal
      opened
      onClose={onClose ?? (() => undefined)}
      title={title}
      size={size}
      centered
      transitionProps={{ duration: 0 }}
      withCloseButton={!mustAnswer}
      closeOnEscape={!mustAnswer}
      closeOnClickOutside={!mustAnswer}
      overlayProps={{ backgroundOpacity: isOpaque ? 1 : 0.45 }}
      styles={{ title: { fontWeight: 600 } }}
      data-testid={testId}
      onKeyDown={sendForm}
    >
      {children}
    </Modal>
  );
}

function sendForm(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !(event.target instanceof Element)) return;
  event.preventDefault();
  // A key that is held is one wish.
  if (!event.repeat) event.target.closest('form')?.requestSubmit();
}

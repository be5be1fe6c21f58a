/** One visual language: neutral greys, one accent, no shadows; the image area itself is always black. */
import { createTheme, Drawer, Modal } from '@mantine/core';

/** A dialog's head is no landmark of the page, and the button that closes it has a name. */
const overlay = {
  closeButtonProps: { 'aria-label': 'Close' },
  attributes: { header: { role: 'presentation' } },
};

export const theme = createTheme({
  components: {
    Modal: Modal.extend({ defaultProps: overlay }),
    Drawer: Drawer.extend({ defaultProps: overlay }),
  },
  fontFamily: 'Inter, "Segoe UI", "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: '"SF Mono", "JetBrains Mono", Consolas, "Liberation Mono", monospace',
  primaryColor: 'accent',
  primaryShade: 7,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  colors: {
    // Slightly blue greys; dark.7 is the page, dark.6 a panel, dark.4 a line.
    dark: [
      '#d5dae0',
      '#b4bbc4',
      '#8b939d',
      '#646c76',
      '#30363d',
      '#262b31',
      '#1b1f24',
      '#14171b',
      '#0e1013',
      '#08090b',
    ],
    accent: [
      '#e6f4ff',
      '#cfe6fb',
      '#a0cbf3',
      '#6eafeb',
      '#4898e5',
      '#358ae1',
      '#2a7fd6',
      '#1c6cbd',
      '#1160aa',
      '#005397',
    ],
  },
  headings: { fontWeight: '600' },
});

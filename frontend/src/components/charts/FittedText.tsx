/** Words of a chart that must not leave their place: a long name is shortened, and whole when pointed at. */
import type { SVGProps } from 'react';

/** Mean width of a letter, in widths of the font's size. */
const LETTER = 0.56;

interface FittedTextProps extends SVGProps<SVGTextElement> {
  text: string;
  /** Room in pixels. */
  room: number;
  fontSize?: number;
}

export function FittedText({ text, room, fontSize = 12, ...place }: FittedTextProps) {
  return (
    <text fontSize={fontSize} {...place}>
      <title>{text}</title>
      {shortened(text, Math.floor(room / (fontSize * LETTER)))}
    </text>
  );
}

export function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, Math.max(1, most - 1)).trimEnd()}…` : text;
}

/** Free text. It reports after a short rest of the hands, so that saving does not follow every letter. */
import { useEffect, useRef, useState, type RefObject } from 'react';

interface CommentFieldProps {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  editable: boolean;
  onChange: (text: string) => void;
  onSubmit: () => void;
}

const REST_MS = 500;

export function CommentField({ field, text, editable, onChange, onSubmit }: CommentFieldProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const report = useRef(onChange);
  useEffect(() => {
    report.current = onChange;
  });

  const flush = () => {
    clearTimeout(timer.current);
    if (typed !== null && typed !== text) report.current(typed);
    setTyped(null);
  };

  return (
    <section className="ws-section">
      <h2>
        <label htmlFor="comment">Comment</label>
      </h2>
      <textarea
        id="comment"
        ref={field}
        className="ws-field"
        data-testid="comment"
        rows={2}
        value={typed ?? text}
        disabled={!editable}
        placeholder={editable ? 'C to write, Esc to leave' : ''}
        onChange={(event) => {
          const value = event.target.value;
          setTyped(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => report.current(value), REST_MS);
        }}
        onBlur={flush}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          flush();
          // The text must have reached the document before the document is sent.
          setTimeout(onSubmit, 0);
        }}
      />
    </section>
  );
}

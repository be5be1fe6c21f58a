/** Free text, reported letter by letter: what was typed must be in the journal when the tab is closed. */
import type { RefObject } from 'react';

interface CommentFieldProps {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  editable: boolean;
  onChange: (text: string) => void;
  onSubmit: () => void;
}

export function CommentField({ field, text, editable, onChange, onSubmit }: CommentFieldProps) {
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
        value={text}
        disabled={!editable}
        placeholder={editable ? 'C to write, Esc to leave' : ''}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onSubmit();
        }}
      />
    </section>
  );
}

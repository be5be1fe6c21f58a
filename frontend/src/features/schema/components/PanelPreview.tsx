/** The reading panel as the schema makes it; it can be tried with the keys. Always dark, like the workspace. */
import { useState, type KeyboardEvent } from 'react';

import type { AnswerValue, Finding } from '../../../api/types';
import { findingColour } from '../../../lib/palette';
import { pressed, type Answers } from '../preview';

const VALUES: [AnswerValue, string][] = [
  ['present', 'P'],
  ['absent', 'X'],
  ['uncertain', 'U'],
];

export function PanelPreview({ findings }: { findings: Finding[] }) {
  const [[answers, last], setState] = useState<[Answers, string | null]>([{}, null]);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    setState(([old, lastCode]) => pressed(findings, old, lastCode, event.key.toLowerCase()));
  };
  const nOpen = findings.filter((finding) => finding.required && answers[finding.code] === undefined).length;

  return (
    <aside className="lh-preview" aria-label="Preview of the reading panel">
      <header>
        <h2>As the reader sees it</h2>
        <button type="button" onClick={() => setState([{}, null])}>
          Clear
        </button>
      </header>
      <div
        className="lh-preview-panel"
        role="group"
        aria-label="Try the keys here"
        tabIndex={0}
        onKeyDown={press}
        data-testid="schema-preview"
      >
        <h3>Findings</h3>
        {findings.map((finding, index) => (
          <div key={index} className="lh-preview-row" data-last={finding.code === last || undefined}>
            <kbd>{finding.hotkey || '·'}</kbd>
            <span className="lh-swatch" style={{ background: findingColour(index) }} />
            <span className="lh-preview-name">
              {finding.name || 'unnamed'}
              {!finding.required && <small> optional</small>}
              {finding.boxes && <small> box</small>}
            </span>
            {VALUES.map(([value, letter]) => (
              <button
                key={value}
                type="button"
                tabIndex={-1}
                aria-label={`${finding.name} ${value}`}
                aria-pressed={answers[finding.code] === value}
                data-value={value}
                onClick={() => setState([{ ...answers, [finding.code]: value }, finding.code])}
              >
                {letter}
              </button>
            ))}
          </div>
        ))}
        <p>
          {nOpen === 0 ? 'Complete: Enter would submit.' : `${nOpen} to answer before Enter submits.`} A answers the rest
          absent; P, X and U answer the last one.
        </p>
      </div>
    </aside>
  );
}

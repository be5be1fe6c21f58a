/** Above the list: how many cases there are, as what the search was taken, and what narrows it. */
import { Anchor, CloseButton } from '@mantine/core';

import { isNarrowed, narrowed, type Asked, type Filter } from '../asked';
import classes from '../cases.module.css';
import { chipsOf, countText, foundSentence, orderSentence, type FoundBy, type Names } from '../sentences';

interface ListLineProps {
  asked: Asked;
  names: Names;
  counted: { n: number; is_more: boolean } | undefined;
  foundBy: FoundBy | null;
  onFilter: (filter: Filter) => void;
}

export function ListLine({ asked, names, counted, foundBy, onFilter }: ListLineProps) {
  const { filter, order } = asked;
  const sentence = [foundSentence(foundBy, filter.find), orderSentence(order)].filter((each) => each !== '').join(' ');
  return (
    <div className={classes.line}>
      <strong aria-live="polite" data-testid="case-count">
        {countText(counted)}
      </strong>
      {sentence !== '' && (
        <span className="lh-note" data-testid="list-sentence">
          {sentence}
        </span>
      )}
      {chipsOf(filter, names).map(({ name, text }) => (
        <span key={name} className={classes.chip} data-testid={`chip-${name}`}>
          {text}
          <CloseButton size={18} iconSize={12} aria-label={`Take away: ${text}`} onClick={() => onFilter(narrowed(filter, name, null))} />
        </span>
      ))}
      {isNarrowed(filter) && (
        <Anchor component="button" type="button" size="sm" onClick={() => onFilter({})} data-testid="filters-clear">
          Clear
        </Anchor>
      )}
      <span className={`lh-note ${classes.keys}`}>
        <kbd className="lh-key">/</kbd> search <kbd className="lh-key">↑</kbd> <kbd className="lh-key">↓</kbd> move{' '}
        <kbd className="lh-key">x</kbd> tick <kbd className="lh-key">Enter</kbd> look
      </span>
    </div>
  );
}

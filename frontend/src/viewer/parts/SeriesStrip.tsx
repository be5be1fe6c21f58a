/** Small pictures of what can be shown: the views and series of the case, and its priors. */
import type { PriorStudy } from '../../api/types';
import { stacksOf, type ImageStack } from '../images/stacks';
import { Thumbnail } from './Thumbnail';

interface SeriesStripProps {
  stacks: ImageStack[];
  shown: string | null;
  priors: PriorStudy[];
  shownPrior: string | null;
  /** True once the main image is there. */
  ready: boolean;
  onShow: (stack: ImageStack) => void;
  onPrior: (stack: ImageStack | null) => void;
}

export function SeriesStrip({ stacks, shown, priors, shownPrior, ready, onShow, onPrior }: SeriesStripProps) {
  if (stacks.length < 2 && priors.length === 0) return null;
  return (
    <nav className="ws-strip" aria-label="Series" data-testid="series-strip">
      {stacks.map((stack) => (
        <Entry key={stack.id} stack={stack} pressed={stack.id === shown} ready={ready} onClick={() => onShow(stack)} />
      ))}
      {priors.map((prior, index) => (
        <section key={index}>
          <h2>{ageOf(prior.days_before)} earlier</h2>
          {stacksOf(prior.images).map((stack) => (
            <Entry
              key={stack.id}
              stack={stack}
              pressed={stack.id === shownPrior}
              ready={ready}
              onClick={() => onPrior(stack.id === shownPrior ? null : stack)}
            />
          ))}
        </section>
      ))}
    </nav>
  );
}

interface EntryProps {
  stack: ImageStack;
  pressed: boolean;
  ready: boolean;
  onClick: () => void;
}

function Entry({ stack, pressed, ready, onClick }: EntryProps) {
  const title = [stack.label, stack.detail].filter(Boolean).join(', ');
  return (
    <button type="button" tabIndex={-1} className="ws-thumb" aria-pressed={pressed} title={title} onClick={onClick}>
      <Thumbnail image={stack.frames[Math.floor(stack.frames.length / 2)].image} when={ready} />
      <small>{stack.label}</small>
      {stack.detail !== '' && <small className="ws-thumb-detail">{stack.detail}</small>}
    </button>
  );
}

/** Days are exact for two months; after that months and years say more. */
function ageOf(days: number): string {
  if (days < 60) return `${days} d`;
  return days < 730 ? `${Math.round(days / 30.4)} mo` : `${(days / 365.25).toFixed(1)} y`;
}

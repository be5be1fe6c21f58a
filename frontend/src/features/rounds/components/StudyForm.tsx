/** Opening a round of comparison: what for, which cases, by whom; counted before it is done. */
import { Button, MultiSelect, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { skipToken, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type KeyboardEvent } from 'react';

import { membersQuery } from '../../../api/members';
import type { Finding } from '../../../api/types';
import { Notice } from '../../../components/messages/Notice';
import { Refused } from '../../../components/messages/Refused';
import { count, plural } from '../../../lib/format';
import { purposeName } from '../../../lib/rounds';
import { studyPreviewQuery, useOpenStudy, type StudyPlan, type StudyPreview } from '../api/rounds';
import { ANY, EMPTY, planOf, type Draft } from '../plan';

/** The most that are counted, and that a round can have. */
const MOST_CASES = 5000;

const PURPOSES = [
  { value: 'calibration', label: 'Calibration' },
  { value: 'reader_study', label: 'Reader study' },
];
const BY = [
  { value: 'random', label: 'Drawn at random' },
  { value: 'number', label: 'By number' },
];
const SPLITS = [
  { value: ANY, label: 'any split' },
  { value: 'pool', label: 'pool' },
  { value: 'validation', label: 'validation' },
  { value: 'test', label: 'test' },
];
const STANDING = [
  { value: ANY, label: 'all cases' },
  { value: 'not_begun', label: 'cases nobody has begun' },
  { value: 'closed', label: 'closed cases' },
];

interface StudyFormProps {
  slug: string;
  findings: Finding[];
  /** Of cases that were chosen on another page; empty: none were. */
  numbers: string;
}

export function StudyForm({ slug, findings, numbers }: StudyFormProps) {
  const [draft, setDraft] = useState<Draft>(numbers === '' ? EMPTY : { ...EMPTY, by: 'number', numbers });
  // Nothing is counted, and so nothing refused, before she turns to the form; what it begins with is a plan, too.
  const [isTurnedTo, setTurnedTo] = useState(numbers !== '');
  const plan = isTurnedTo ? planOf(draft) : null;
  const [settled] = useDebouncedValue(isTurnedTo ? draft : null, 300);
  const counted = settled === null ? null : planOf(settled);
  const preview = useQuery({
    ...studyPreviewQuery(slug, counted ?? ({} as StudyPlan)),
    ...(counted === null ? { queryFn: skipToken } : {}),
  });
  const open = useOpenStudy(slug);
  const set = (change: Partial<Draft>) => {
    setDraft({ ...draft, ...change });
    // What was said of the last round is not of this one.
    open.reset();
  };
  // Only what was counted is opened: the count on the page is that of the plan which is sent.
  const isReady = plan !== null && settled === draft && preview.isSuccess;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady) return;
    open.mutate(plan, {
      onSuccess: () => {
        setDraft(EMPTY);
        setTurnedTo(false);
      },
    });
  };
  const sendByKey = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.requestSubmit();
  };
  return (
    <form onSubmit={submit} onKeyDown={sendByKey} onFocus={() => setTurnedTo(true)} style={{ display: 'grid', gap: 12 }}>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 12, alignItems: 'flex-end' }}>
        <SegmentedControl
          size="xs"
          aria-label="Purpose"
          data={PURPOSES}
          value={draft.purpose}
          onChange={(purpose) => set({ purpose: purpose as Draft['purpose'] })}
          data-testid="study-purpose"
        />
        <SegmentedControl
          size="xs"
          aria-label="How cases are chosen"
          data={BY}
          value={draft.by}
          onChange={(by) => set({ by: by as Draft['by'] })}
          data-testid="study-by"
        />
        {draft.by === 'random' ? <Drawn draft={draft} set={set} /> : <Named draft={draft} set={set} />}
        <NumberInput
          size="xs"
          w={110}
          label="Reads a case"
          min={1}
          max={20}
          value={draft.readersPerCase}
          onChange={(value) => set({ readersPerCase: Number(value) || 0 })}
          data-testid="study-readers-per-case"
        />
        <TextInput
          size="xs"
          w={190}
          type="datetime-local"
          label="Not before"
          value={draft.notBefore}
          onChange={(event) => set({ notBefore: event.currentTarget.value })}
          data-testid="study-not-before"
        />
      </div>
      <div style={{ display: 'grid', gap: 12, gridTemplateColumns: 'repeat(auto-fit, minmax(320px, 1fr))' }}>
        <MultiSelect
          size="xs"
          label="Findings that are asked"
          placeholder={draft.findings.length === 0 ? 'all of the schema' : undefined}
          data={findings.map(({ code, name }) => ({ value: code, label: name }))}
          value={draft.findings}
          onChange={(chosen) => set({ findings: chosen })}
          clearable
          searchable
          data-testid="study-findings"
        />
        <Readers slug={slug} chosen={draft.readers} onChange={(readers) => set({ readers })} />
      </div>
      {preview.isError && plan !== null && <Refused error={preview.error} />}
      {open.isError && <Refused error={open.error} />}
      {open.isSuccess && (
        <Notice testId="study-opened">
          Round {open.data.number}, {purposeName(open.data.purpose)}, is open. Its cases come before other work.
        </Notice>
      )}
      {isReady && preview.data.barred.length > 0 && (
        <Notice tone="warn" testId="study-barred">
          {barredSentence(plan, preview.data.barred)}
        </Notice>
      )}
      <div style={{ display: 'flex', gap: 14, alignItems: 'center' }}>
        <Button size="xs" type="submit" disabled={!isReady} loading={open.isPending} title="Ctrl Enter" data-testid="study-open">
          Open the round
        </Button>
        <span aria-live="polite" data-testid="study-preview">
          {!isTurnedTo
            ? 'Say what you want; it is counted here before anything is opened.'
            : sentence(plan, isReady ? preview.data : undefined, preview.isError)}
        </span>
      </div>
    </form>
  );
}

interface PartProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
}

function Drawn({ draft, set }: PartProps) {
  return (
    <>
      <NumberInput
        size="xs"
        w={110}
        label="Cases"
        min={1}
        max={MOST_CASES}
        value={draft.nRandom}
        onChange={(value) => set({ nRandom: Number(value) || 0 })}
        data-testid="study-n-random"
      />
      <Select
        size="xs"
        w={190}
        label="of"
        data={STANDING}
        value={draft.standing}
        allowDeselect={false}
        onChange={(standing) => set({ standing: standing ?? ANY })}
      />
      <Select
        size="xs"
        w={130}
        label="in"
        data={SPLITS}
        value={draft.split}
        allowDeselect={false}
        onChange={(split) => set({ split: split ?? ANY })}
      />
    </>
  );
}

function Named({ draft, set }: PartProps) {
  return (
    <TextInput
      size="xs"
      style={{ flex: '1 1 260px' }}
      label="Numbers of cases"
      placeholder="3, 7-9"
      value={draft.numbers}
      onChange={(event) => set({ numbers: event.currentTarget.value })}
      data-testid="study-numbers"
    />
  );
}

function Readers({ slug, chosen, onChange }: { slug: string; chosen: string[]; onChange: (ids: string[]) => void }) {
  const members = useQuery(membersQuery(slug)).data?.results ?? [];
  const readers = members.filter(({ roles }) => roles.includes('reader'));
  return (
    <MultiSelect
      size="xs"
      label="Readers"
      placeholder={chosen.length === 0 ? 'every reader of the project' : undefined}
      data={readers.map(({ user }) => ({ value: user.id, label: user.display_name }))}
      value={chosen}
      onChange={onChange}
      clearable
      searchable
      data-testid="study-readers"
    />
  );
}

function sentence(plan: StudyPlan | null, preview: StudyPreview | undefined, isRefused: boolean): string {
  if (plan === null) return 'Say which cases: numbers such as 3, 7-9, or how many to draw.';
  if (preview === undefined) return isRefused ? '' : 'Counting …';
  const fewer = plan.n_random > preview.n_cases ? ` Only ${count(preview.n_candidates)} can be drawn from.` : '';
  return `${plural(preview.n_cases, 'case')}, ${plural(preview.n_reads, 'read')} by ${plural(preview.n_readers, 'reader')}.${fewer}`;
}

/** Who is not offered some of the cases. Which are drawn is not known yet: what they are drawn from is counted. */
function barredSentence(plan: StudyPlan, barred: StudyPreview['barred']): string {
  const among = (plan.numbers ?? []).length > 0 ? 'these cases' : 'the cases to draw from';
  const who = barred.map(({ reader, n_cases: n }) => `${count(n)}${n < MOST_CASES ? '' : ' or more'} are not offered to ${reader}`);
  return `Who has seen others’ reads of a case is not offered it. Of ${among}, ${who.join(', ')}.`;
}

/** Figures, durations and times as a person reads them. Times are shown in the browser's own zone. */

export const NOTHING = '–';

export function count(value: number): string {
  return value.toLocaleString('en-GB');
}

/** `n cases`, with the plural of regular words. */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

export function decimal(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  // A rounded minus zero would read as a sign.
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** A fraction 0..1 as a percentage. */
export function percent(fraction: number | null | undefined, digits = 0): string {
  if (fraction === null || fraction === undefined || !Number.isFinite(fraction)) return NOTHING;
  return `${(fraction * 100).toFixed(digits)} %`;
}

export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  const whole = Math.round(value);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let size = value;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

/** `14:05` today, else `24 Nov 14:05`, with the year when it is another one. */
export function dateTime(iso: string | null | undefined, now: Date = new Date()): string {
  if (iso === null || iso === undefined || iso === '') return NOTHING;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return NOTHING;
  const clock = at.toLocaleTimeString('en-GB', CLOCK);
  if (at.toDateString() === now.toDateString()) return clock;
  const otherYear = at.getFullYear() !== now.getFullYear();
  const day = at.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: otherYear ? 'numeric' : undefined,
  });
  return `${day} ${clock}`;
}

/** `24 Nov 2026`. */
export function day(iso: string): string {
  return new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
}

/** The last day of what ends at this moment, such as the midnight after it. */
export function lastDay(endsAt: string): string {
  return day(new Date(new Date(endsAt).getTime() - 1).toISOString());
}

/** How long ago, roughly: `just now`, `4 min ago`, `3 h ago`, `2 days ago`. */
export function ago(iso: string | null | undefined, now: Date = new Date()): string {
  if (iso === null || iso === undefined || iso === '') return NOTHING;
  const elapsed = (now.getTime() - new Date(iso).getTime()) / 1000;
  if (Number.isNaN(elapsed)) return NOTHING;
  if (elapsed < 45) return 'just now';
  if (elapsed < 3600) return `${Math.max(1, Math.round(elapsed / 60))} min ago`;
  if (elapsed < 86_400) return `${Math.round(elapsed / 3600)} h ago`;
  return `${plural(Math.round(elapsed / 86_400), 'day')} ago`;
}

/** A first letter in upper case, underscores as spaces: for codes that have no sentence of their own. */
export function words(code: string): string {
  const text = code.replaceAll('_', ' ').replaceAll('-', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How numbers and times are written on both pages. */

const whole = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

export function count(number) {
  return number === null || number === undefined ? '–' : whole.format(number);
}

export function decimal(number) {
  return short.format(number);
}

export function percent(part, all) {
  if (all === 0) return '';
  const share = (part / all) * 100;
  return part > 0 && share < 0.05 ? '< 0.1 %' : `${share.toFixed(1)} %`;
}

/** A decimal amount as text, its whole part grouped; never a float, which would lose cents. */
export function amount(text) {
  const [units, cents] = text.split('.');
  const grouped = units.replace(/\B(?=(\d{3})+$)/g, ',');
  return cents === undefined ? grouped : `${grouped}.${cents}`;
}

export function milliseconds(seconds) {
  if (seconds === null) return '–';
  return seconds >= 10
    ? `${whole.format(Math.round(seconds))} s`
    : `${whole.format(Math.round(seconds * 1000))} ms`;
}

/** Words of the API for people: `same_message` is "same message". */
export function words(name) {
  return name.replaceAll('_', ' ');
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** The time of day where the reader is, with the day where it is another. */
export function timeOfDay(iso, nowMs) {
  const at = new Date(iso);
  const time = clock.format(at);
  return Math.abs(nowMs - at.getTime()) < 43_200_000 ? time : `${day.format(at)}, ${time}`;
}

export function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

import { stripVTControlCharacters } from 'node:util';

/** Text from outside, made fit to be shown: control and direction characters could move the cursor,
 *  change colours or read backwards. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\u{fffd}');
}

/** Columns a text takes up on a terminal, colours aside. East Asian characters take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += widthOfCharacter(character);
  return width;
}

/** At most so many columns of a text without colours; an ellipsis stands where it was cut. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let [kept, left] = ['', width - 1];
  for (const character of text) {
    left -= widthOfCharacter(character);
    if (left < 0) break;
    kept += character;
  }
  return width > 0 ? `${kept}…` : '';
}

/** Exactly so many columns, text to the left. */
export function leftIn(text: string, width: number): string {
  const cut = widthOf(text) > width ? cutTo(stripVTControlCharacters(text), width) : text;
  return cut + ' '.repeat(Math.max(0, width - widthOf(cut)));
}

/** Exactly so many columns, text to the right. */
export function rightIn(text: string, width: number): string {
  const cut = widthOf(text) > width ? cutTo(stripVTControlCharacters(text), width) : text;
  return ' '.repeat(Math.max(0, width - widthOf(cut))) + cut;
}

/** One text at each end of a line. */
export function bothEnds(left: string, right: string, width: number): string {
  const room = Math.max(0, width - widthOf(right) - 1);
  return `${leftIn(left, room)} ${right}`;
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar over this share of the width, to the eighth of a column; something is never nothing. */
export function barOf(share: number, width: number): string {
  if (width <= 0) return '';
  const parts = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const drawn = share > 0 ? Math.max(1, parts) : 0;
  return '█'.repeat(Math.floor(drawn / 8)) + (eighths[drawn % 8] ?? '');
}

const levels = '▁▂▃▄▅▆▇█';

/** The last values that fit, each a level of the highest. */
export function sparkOf(values: readonly number[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : [];
  const most = Math.max(...shown, 1);
  return shown
    .map((value) => levels[Math.min(7, Math.floor((Math.max(0, value) / most) * 8))])
    .join('');
}

/** 1234.5 in decimal as 1,234.5: money is text, and stays exact. */
export function grouped(decimal: string): string {
  const [whole = '', fraction] = decimal.split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? text : `${text}.${fraction}`;
}

/** 2 min 14 s; two units at most. */
export function spanOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** 12:04:31, UTC. */
export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** Hangul, kana, Han and their punctuation, full-width forms, emoji (Unicode Standard Annex 11). */
const wide =
  /[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function widthOfCharacter(character: string): number {
  if (character < '\u0300') return 1;
  if (/^\p{Mn}|\p{Me}$/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

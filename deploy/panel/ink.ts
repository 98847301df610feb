/** Ways to set a text off. Each gives back the text, with or without colours around it. */
export interface Ink {
  title(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  bar(text: string): string;
}

const as = (text: string) => text;

/** For pipes, files and whoever set NO_COLOR (no-color.org). */
export const plainInk: Ink = { title: as, faint: as, good: as, bad: as, bar: as };

const between = (on: number, off: number) => (text: string) =>
  text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;

/** The sixteen colours that a terminal's own theme defines, so that they can be read on any. */
export const colourInk: Ink = {
  title: between(1, 22),
  faint: between(2, 22),
  good: between(32, 39),
  bad: between(31, 39),
  bar: between(36, 39),
};

export function inkFor(output: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Ink {
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return output.isTTY === true && !refused ? colourInk : plainInk;
}

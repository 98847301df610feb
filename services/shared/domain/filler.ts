/** What SDKs and tag managers put where a value is missing. */
const fillers: ReadonlySet<string> = new Set([
  '',
  '(not set)',
  '(not provided)',
  'null',
  'undefined',
  'nan',
  'none',
  'n/a',
]);

/** Whether a text stands in the place of a value without being one. */
export function isFiller(text: string): boolean {
  return fillers.has(text.trim().toLowerCase());
}

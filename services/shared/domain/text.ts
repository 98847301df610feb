/** At most `max` UTF-16 units of a text, never half a surrogate pair: that is no Unicode text, and a
 *  strict decoder refuses it. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? max - 1 : max);
}

import fc from 'fast-check';
import { canonicalJson, maxDepth } from '../../../../services/shared/domain/canonical-json';

const text = (value: unknown) => canonicalJson(value).text;

describe('canonicalJson', () => {
  test.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    [{ 10: 1, 9: 2, a: 3 }, '{"10":1,"9":2,"a":3}'],
    [{ a: undefined, b: -0 }, '{"b":0}'],
    ['quote " and \\ and \n', '"quote \\" and \\\\ and \\n"'],
    ['Größe 👍', '"Größe 👍"'],
    ['half \ud83d', '"half \ufffd"'],
    [{ '\udc00': 1 }, '{"\ufffd":1}'],
    [Number.POSITIVE_INFINITY, 'null'],
    [[], '[]'],
    [{}, '{}'],
  ])('%p', (value, expected) => {
    expect(text(value)).toBe(expected);
  });

  test('a key __proto__ is a key like any other', () => {
    expect(text(JSON.parse('{"z":1,"__proto__":{"polluted":1}}'))).toBe(
      '{"__proto__":{"polluted":1},"z":1}',
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('says the same as JSON does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = canonicalJson(value);
        expect(written.tooDeep).toBe(false);
        expect(JSON.parse(written.text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('does not depend on the order in which keys were written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 40 }), (object) => {
        const entries = Object.entries(object);
        expect(text(Object.fromEntries(entries.reverse()))).toBe(text(object));
      }),
    );
  });

  test('goes no deeper than its bound, however deep the value is', () => {
    const nested = (depth: number): unknown =>
      JSON.parse(`${'{"a":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`);
    expect(canonicalJson(nested(maxDepth)).tooDeep).toBe(false);
    expect(canonicalJson(nested(maxDepth + 2)).tooDeep).toBe(true);
    expect(canonicalJson(nested(200_000)).tooDeep).toBe(true);
  });
});

import fc from 'fast-check';
import { csvFields } from '../../../../deploy/replay/csv-row';

test.each([
  ['a,b,c', ['a', 'b', 'c']],
  [',,', ['', '', '']],
  ['a,"b,c",d', ['a', 'b,c', 'd']],
  ['"[{""id"":""1""}]",x', ['[{"id":"1"}]', 'x']],
  ['x,""', ['x', '']],
  ['"","",""', ['', '', '']],
  ['"a""",b', ['a"', 'b']],
])('%s', (row, fields) => {
  expect(csvFields(row)).toEqual(fields);
});

test.each(['a,"b', '"a""', 'a,"b"c,d'])('%s is refused', (row) => {
  expect(() => csvFields(row)).toThrow('a quoted field is');
});

test('any fields come back from their row', () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', '[', 'é') });
  fc.assert(
    fc.property(fc.array(field, { minLength: 1 }), (fields) => {
      const row = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
      expect(csvFields(row)).toEqual(fields);
    }),
  );
});

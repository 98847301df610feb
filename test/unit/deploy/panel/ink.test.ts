import { colourInk, inkFor, plainInk } from '../../../../deploy/panel/ink';

test.each([
  ['a terminal', { isTTY: true }, {}, colourInk],
  ['a pipe', {}, {}, plainInk],
  ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, plainInk],
  ['an empty NO_COLOR, which is none', { isTTY: true }, { NO_COLOR: '' }, colourInk],
  ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, plainInk],
])('colours: %s', (_name, output, env, ink) => {
  expect(inkFor(output, env)).toBe(ink);
});

test('colours are taken back after the text, and nothing is coloured where there is none', () => {
  expect(colourInk.bad('late')).toBe('\u001b[31mlate\u001b[39m');
  expect(colourInk.bad('')).toBe('');
});

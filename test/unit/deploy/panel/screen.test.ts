import { createScreen } from '../../../../deploy/panel/screen';

function terminal(columns = 20) {
  const written: string[] = [];
  return { columns, rows: 5, written, write: (text: string) => written.push(text) };
}

test('a frame is one write over the last, without clearing first', () => {
  const output = terminal();
  const screen = createScreen(output);
  screen.draw(['one', 'two']);
  screen.draw(['one', 'three']);
  expect(output.written).toEqual([
    '\u001b[?1049h\u001b[?25l\u001b[?2026h\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J\u001b[?2026l',
    '\u001b[?2026h\u001b[Hone\u001b[K\r\nthree\u001b[K\u001b[J\u001b[?2026l',
  ]);
});

test('a frame like the last is not written; in a window of another size it is', () => {
  const output = terminal();
  const screen = createScreen(output);
  screen.draw(['same']);
  screen.draw(['same']);
  expect(output.written).toHaveLength(1);
  output.columns = 30;
  screen.draw(['same']);
  expect(output.written).toHaveLength(2);
});

test('a line up to the edge is not erased there', () => {
  const output = terminal(4);
  createScreen(output).draw(['full', 'ab']);
  expect(output.written[0]).toContain('full\r\nab\u001b[K');
});

test('at the end the terminal is as it was, with the last figures on it', () => {
  const output = terminal();
  const screen = createScreen(output);
  screen.draw(['one']);
  screen.close(['the end']);
  expect(output.written.slice(1)).toEqual(['\u001b[?25h\u001b[?1049l', 'the end\n']);
});

test('a screen that was never drawn on gives nothing back', () => {
  const output = terminal();
  createScreen(output).close(['the end']);
  expect(output.written).toEqual(['the end\n']);
});

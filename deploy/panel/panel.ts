import { Board } from './board';
import { inkFor } from './ink';
import { plainLine } from './plain-line';
import { renderPanel } from './render';
import { createScreen } from './screen';
import { readSources, type SourceOptions } from './sources';
import type { Link } from './view';

export interface PanelOptions extends Omit<SourceOptions, 'signal'> {
  readonly links: readonly Link[];
  readonly output: NodeJS.WriteStream;
  /** Looked at for NO_COLOR and TERM. */
  readonly env: NodeJS.ProcessEnv;
}

export interface Panel {
  /** What else there is to say while the panel is shown: a line below it, or a line in the pipe. */
  say(line: string): void;
  /** Gives the terminal back; the last figures stay on it. */
  stop(): Promise<void>;
}

const drawEveryMs = 1_000;
const lineEveryMs = 5_000;
/** The first line waits only until every source has been asked. */
const firstLineMs = 2_000;

/** Shows what the pipeline does until it is stopped: in place on a terminal, as a line every few
 *  seconds elsewhere. A service that is down is named, and asked again. */
export function startPanel(options: PanelOptions): Panel {
  const stopping = new AbortController();
  const board = new Board(options.followed, options.links, Date.now());
  const reading = readSources({ ...options, signal: stopping.signal }, board);
  const canRedraw = options.output.isTTY === true && options.env.TERM !== 'dumb';
  const shown = canRedraw ? onTerminal(options, board) : asLines(options, board);
  return {
    say: shown.say,
    stop: async () => {
      stopping.abort();
      shown.stop();
      await reading;
    },
  };
}

interface Shown {
  say(line: string): void;
  stop(): void;
}

function onTerminal({ output, env }: PanelOptions, board: Board): Shown {
  const screen = createScreen(output);
  const ink = inkFor(output, env);
  const lines = () => {
    const { columns = 80, rows = 24 } = output;
    return renderPanel(board.view(Date.now()), { columns, rows, ink });
  };
  const draw = () => screen.draw(lines());
  const close = () => screen.close(lines());
  const drawing = setInterval(draw, drawEveryMs);
  output.on('resize', draw);
  process.once('exit', close); // a terminal without a cursor is of no use to anybody
  draw();
  return {
    say(line) {
      board.note(line);
      draw();
    },
    stop() {
      clearInterval(drawing);
      output.off('resize', draw);
      process.off('exit', close);
      close();
    },
  };
}

function asLines({ output }: PanelOptions, board: Board): Shown {
  const say = (line: string) => output.write(`${line}\n`);
  const sayFigures = () => say(plainLine(board.view(Date.now())));
  let saying = setTimeout(() => {
    sayFigures();
    saying = setInterval(sayFigures, lineEveryMs);
  }, firstLineMs);
  return { say, stop: () => clearInterval(saying) };
}

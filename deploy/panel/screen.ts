import { widthOf } from './text';

/** What a terminal is to the panel. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

export interface Screen {
  /** Shows these lines in place of the last ones. */
  draw(lines: readonly string[]): void;
  /** Gives the terminal back as it was, and leaves these lines on it. */
  close(lines: readonly string[]): void;
}

const csi = '\u001b[';
const open = `${csi}?1049h${csi}?25l`;
const shut = `${csi}?25h${csi}?1049l`;
/** Terminals that know these show a frame only when it is whole; the others ignore them. */
const frame = { begins: `${csi}?2026h`, ends: `${csi}?2026l` };

/** Draws on the alternate screen: what was written before is there again at the end, and a window
 *  that changes its size leaves nothing behind. Each frame is one write over the last one, without
 *  clearing it first, which would flicker. */
export function createScreen(terminal: Terminal): Screen {
  let last: string | null = null;
  return {
    draw(lines) {
      const columns = terminal.columns ?? 80;
      const text = lines.map((line) => upToTheEdge(line, columns)).join('\r\n');
      const size = `${columns}x${terminal.rows}`;
      if (last === size + text) return;
      const begin = last === null ? open : '';
      last = size + text;
      terminal.write(`${begin}${frame.begins}${csi}H${text}${csi}J${frame.ends}`);
    },
    close(lines) {
      if (last !== null) terminal.write(shut);
      last = null;
      terminal.write(`${lines.join('\n')}\n`);
    },
  };
}

/** Erases what the last frame had beyond the line; at the edge there is nothing, and some terminals
 *  would erase the last character instead. */
function upToTheEdge(line: string, columns: number): string {
  return widthOf(line) < columns ? `${line}${csi}K` : line;
}

/** How a recorded file is read: one message of the Segment API a line. */
export interface Format {
  /** The first line is a heading, not an event. */
  readonly heading: boolean;
  /** A reader for a file; `heading` is its first line where the format has one, else ''. Throws
   *  where the heading lacks a column. */
  reader(heading: string): LineReader;
}

export interface LineReader {
  /** The line as the JSON text of a Segment message with a message id. The id is a function of the
   *  line alone, so a line sent again is recognized. Throws where the line cannot be read. */
  message(line: string): string;
  /** The line's event time in milliseconds UTC; NaN where it has none. Throws like `message`. */
  eventAt(line: string): number;
}

/** An error as a ClickHouse server reports it: its own code and text, and the HTTP status of that. */
export class EngineError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }

  get httpStatus(): number {
    return statusOf(this.code);
  }
}

/** The engine's text is `Code: 60. DB::Exception: ... (UNKNOWN_TABLE)`; 1002 is UNKNOWN_EXCEPTION. */
export function asEngineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const code = /Code: (\d+)/.exec(text)?.[1];
  if (code !== undefined) return new EngineError(Number(code), text);
  return new EngineError(1002, exceptionText(1002, text, 'UNKNOWN_EXCEPTION'));
}

export function badArguments(message: string): EngineError {
  return new EngineError(36, exceptionText(36, message, 'BAD_ARGUMENTS'));
}

export function syntaxError(message: string): EngineError {
  return new EngineError(62, exceptionText(62, message, 'SYNTAX_ERROR'));
}

export function tooManyQueries(message: string): EngineError {
  return new EngineError(202, exceptionText(202, message, 'TOO_MANY_SIMULTANEOUS_QUERIES'));
}

function exceptionText(code: number, message: string, name: string): string {
  return `Code: ${code}. DB::Exception: ${message} (${name})`;
}

/** The statuses a server gives its exception codes; 500 for all others. */
const statuses: readonly [number, readonly number[]][] = [
  [400, [6, 25, 26, 27, 36, 38, 41, 53, 62, 72, 117, 125, 167, 168, 456, 457]],
  [404, [46, 47, 50, 56, 60, 63, 73, 78, 81, 115]],
  [408, [159]],
  [413, [283]],
  [501, [48]],
  [503, [202, 209, 439]],
];

function statusOf(code: number): number {
  return statuses.find(([, codes]) => codes.includes(code))?.[0] ?? 500;
}

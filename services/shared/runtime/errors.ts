/** The servers an outage can be blamed on; each is a label value of `tributary_consumer_paused`. */
export const serverNames = ['kafka', 'registry', 'redis', 'clickhouse', 'other'] as const;
export type ServerName = (typeof serverNames)[number];

/** A failure that passes by itself (a server is down, slow or moving): the same call may be made
 *  again. A stage that throws it is retried for as long as it takes; nothing is skipped meanwhile. */
export class TransientError extends Error {
  readonly server: ServerName;

  constructor(message: string, options: { cause?: unknown; server?: ServerName } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TransientError';
    this.server = options.server ?? 'other';
  }
}

/** Stop rather than skip: going on would lose or double something, and only a person can tell
 *  which. The message says what was found and what to do. The process exits. */
export class FatalError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FatalError';
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error)
    return String(error.message);
  return String(error);
}

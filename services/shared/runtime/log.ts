import { type LogEntry, type logCreator, logLevel } from 'kafkajs';
import { type DestinationStream, pino } from 'pino';

/** ERROR: data lost or a person needed. WARN: recovered, or about to be. INFO: started, stopped.
 *  Normal running is silent. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}

export interface LogOptions {
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  /** Where the lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

/** One JSON object a line; `err` fields are written with their stack and cause. */
export function createLog(service: string, options: LogOptions = {}): Log {
  const settings = {
    level: options.level ?? 'info',
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

/** What kafkajs logs as ERROR although it tries again by itself: a coordinator that is still loading,
 *  a group that rebalances, a broker that restarts. What it gives up is thrown, and logged there. */
const recovered =
  /coordinator|rebalanc|not aware of this member|connect|leader|timed? ?out|Restarting the consumer/i;

/** A broker that is down is said once in a while, not at each of the hundred tries. */
const repeatAfterMs = 30_000;

/** Lets kafkajs write to `log`. Its INFO is our DEBUG; an error it recovers from is a WARN. */
export function kafkaLogCreator(log: Log): logCreator {
  const saidAt = new Map<string, number>();
  const isNews = (text: string): boolean => {
    const now = Date.now();
    if (now - (saidAt.get(text) ?? 0) < repeatAfterMs) return false;
    if (saidAt.size > 100) saidAt.clear();
    saidAt.set(text, now);
    return true;
  };
  return () => (entry: LogEntry) => {
    const { timestamp: _timestamp, logger: _logger, message, ...fields } = entry.log;
    const text = `kafkajs ${entry.namespace}: ${message}`;
    const passing =
      entry.level === logLevel.WARN || recovered.test(`${message} ${String(fields.error ?? '')}`);
    if (entry.level > logLevel.WARN || message.startsWith('Response ')) log.debug(fields, text);
    else if (!passing) log.error(fields, text);
    else if (isNews(text)) log.warn(fields, text);
    else log.debug(fields, text);
  };
}

import type { Format } from './format';
import { lineId } from './line-id';

/**
 * JSON lines of Segment messages. A message keeps its own messageId and is sent as it stands; one
 * without gets a hash of its line.
 */
export const segmentFormat: Format = {
  heading: false,
  reader: () => ({ message: segmentMessage, eventAt: segmentEventAt }),
};

function segmentMessage(line: string): string {
  const message = parsed(line);
  const id = message.messageId;
  if (typeof id === 'string' && id !== '') return line;
  return JSON.stringify({ ...message, messageId: lineId(line) });
}

function segmentEventAt(line: string): number {
  const { timestamp, originalTimestamp } = parsed(line);
  const time = timestamp ?? originalTimestamp;
  return typeof time === 'string' ? Date.parse(time) : Number.NaN;
}

function parsed(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new Error('not a JSON object');
}

import { type JsonObject, longerThan, objectAt, textAt, textOf } from './json';

/** Ids longer than this, in UTF-8 bytes, are refused: they are keys of records, claims and tags. */
export const maxIdBytes = 256;

export interface Identity {
  readonly messageId: string | null;
  readonly anonymousId: string | null;
  readonly userId: string | null;
  readonly deviceId: string | null;
  readonly sessionId: string | null;
  /** Ids that were sent but are too long; they are null above. */
  readonly tooLong: readonly string[];
}

/** Who and which message, from a Segment message. Ids may be strings or numbers; empty is none. */
export function identityOf(message: JsonObject, context: JsonObject): Identity {
  const tooLong: string[] = [];
  const bounded = (name: string, id: string | null): string | null => {
    if (id === null || !longerThan(id, maxIdBytes)) return id;
    tooLong.push(name);
    return null;
  };
  return {
    messageId: bounded('messageId', textOf(message.messageId)),
    anonymousId: bounded('anonymousId', textOf(message.anonymousId)),
    userId: bounded('userId', textOf(message.userId)),
    deviceId: bounded('context.device.id', textOf(objectAt(context, 'device').id)),
    sessionId: bounded('session id', sessionIdOf(message, context)),
    tooLong,
  };
}

function sessionIdOf(message: JsonObject, context: JsonObject): string | null {
  return (
    textAt(context, 'sessionId', 'session_id') ??
    textOf(objectAt(context, 'session').id) ??
    textAt(objectAt(message, 'properties'), 'session_id', 'ga_session_id')
  );
}

/** Why a whole request is refused with 400: it will not get better by being sent again. */
export interface RequestFault {
  readonly error:
    | 'empty_body'
    | 'cut_short'
    | 'malformed_encoding'
    | 'malformed_json'
    | 'too_large'
    | 'too_many_events'
    | 'not_an_object'
    | 'no_batch'
    | 'no_write_key'
    | 'unknown_write_key';
  readonly message: string;
  /** Where in the body; null where it is the body. */
  readonly field: string | null;
}

export interface Refused {
  readonly ok: false;
  readonly fault: RequestFault;
}

export function refuse(
  error: RequestFault['error'],
  message: string,
  field: string | null = null,
): Refused {
  return { ok: false, fault: { error, message, field } };
}

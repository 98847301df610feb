/** The answer to "are you well": `why` says what is wrong. */
export interface Check {
  readonly ok: boolean;
  readonly why?: string;
}

/** `live`: restarting the process would help. `ready`: it can do its work now. Asked by name. */
export interface Health {
  readonly live: Readonly<Record<string, () => Check>>;
  /** A check may ask a server: it throws or says why not. */
  readonly ready: Readonly<Record<string, () => Check | Promise<unknown>>>;
}

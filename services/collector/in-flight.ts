/** The bytes a process holds for others: request bodies, and records Kafka has not acknowledged. The
 *  bound is what keeps an outage from filling the memory. */
export interface InFlight {
  /** Admits a request, unless that would go over the bound; null then. One that is over it by itself
   *  is admitted when nothing else is held. */
  admit(bytes: number): Admission | null;
  /** Takes bytes in any case, for what was admitted already and only changed its form. */
  take(bytes: number): void;
  give(bytes: number): void;
}

export interface Admission {
  /** The request turns out to have this many bytes; false where there is no room for them. */
  growTo(bytes: number): boolean;
  /** Once it is answered, or its client is gone. Again, or growing afterwards, does nothing. */
  release(): void;
}

/** `onChange` is told the bytes held after each change. */
export function createInFlight(maxBytes: number, onChange: (bytes: number) => void): InFlight {
  let held = 0;
  const change = (by: number): void => {
    held += by;
    onChange(held);
  };
  const hasRoom = (bytes: number): boolean => held === 0 || held + bytes <= maxBytes;
  return {
    admit(bytes) {
      if (!hasRoom(bytes)) return null;
      change(bytes);
      let own: number | null = bytes;
      return {
        growTo(wanted) {
          if (own === null || wanted <= own) return true;
          if (!hasRoom(wanted - own)) return false;
          change(wanted - own);
          own = wanted;
          return true;
        },
        release() {
          if (own !== null) change(-own);
          own = null;
        },
      };
    },
    take: (bytes) => change(bytes),
    give: (bytes) => change(-bytes),
  };
}

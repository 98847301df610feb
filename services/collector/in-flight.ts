/** The bytes a process holds for others: request bodies, and records Kafka has not acknowledged. The
 *  bound is what keeps an outage from filling the memory. */
export interface InFlight {
  /** Admits a request that holds nothing yet; null where the bound is reached. */
  admit(): Admission | null;
  /** Takes bytes in any case, for what was admitted already and only changed its form. */
  take(bytes: number): void;
  give(bytes: number): void;
}

export interface Admission {
  /** The request holds this many bytes now; false where there is no room for them. One that is over
   *  the bound by itself has room when nothing else is held. */
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
  return {
    admit() {
      if (held >= maxBytes) return null;
      let own: number | null = 0;
      return {
        growTo(wanted) {
          if (own === null || wanted <= own) return true;
          const others = held - own;
          if (others > 0 && others + wanted > maxBytes) return false;
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

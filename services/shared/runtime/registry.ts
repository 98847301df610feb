/** What the codec asks the schema registry. */
export interface Registry {
  /** The schema text an id stands for; null where the registry does not have it. TransientError
   *  when it cannot be asked. */
  schemaText(id: number): Promise<string | null>;
  /** The id of this very schema under a subject; null where it is not registered. */
  idOf(subject: string, schemaText: string): Promise<number | null>;
}

/** The Confluent API over HTTP. Each question takes at most `timeoutMs`. */
export function createRegistry(options: { registryUrl: string; timeoutMs?: number }): Registry {
  throw new Error(`being written ${options.registryUrl}`);
}

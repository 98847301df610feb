/** The insights API as its users see it: only what the summary and the comparisons read. */
export interface Ledger {
  readonly accepted: number | null;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly reasons: readonly {
    readonly outcome: string;
    readonly reason: string;
    readonly events: number;
  }[];
  readonly unaccounted: number | null;
  readonly doubled: number;
}

export interface FunnelRow {
  readonly start: string | null;
  readonly steps: readonly { readonly step: string; readonly entered: number }[];
}

export interface ChannelRow {
  readonly start: string | null;
  readonly channel: string;
  readonly sessions: number | null;
  readonly users: number | null;
  readonly orders: number;
  /** Decimal amount in `currency`. */
  readonly revenue: string;
  readonly currency: string;
}

export interface Rows<Row> {
  readonly rows: readonly Row[];
}

export type Parameters = Readonly<Record<string, string>>;

/** Asks the insights API; `Answer` is what its OpenAPI document says the call answers. Rejects with
 *  the service's own message. */
export async function ask<Answer>(
  api: string,
  path: string,
  parameters: Parameters = {},
): Promise<Answer> {
  const query = new URLSearchParams(parameters).toString();
  const url = query === '' ? `${api}${path}` : `${api}${path}?${query}`;
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`GET ${url}: HTTP ${response.status} ${(await response.text()).slice(0, 300)}`);
  }
  return (await response.json()) as Answer;
}

/** The tables of stored windows, and how long each window is. */
export const windowTables = {
  channel_1m: { lengthMs: 60_000 },
  funnel_1h: { lengthMs: 3_600_000 },
} as const;
export type WindowTable = keyof typeof windowTables;
export const windowTableNames = Object.keys(windowTables) as readonly WindowTable[];

/** One window of a tenant; `start` in milliseconds UTC. */
export interface Window {
  readonly tenant: string;
  readonly start: number;
}

export function windowKey({ tenant, start }: Window): string {
  return `${tenant}/${start}`;
}

/** Windows side by side: those of a tenant that start in [from, to). */
export interface WindowRun {
  readonly tenant: string;
  readonly from: number;
  readonly to: number;
}

/** Windows that are recomputed by one statement, in order of start. */
export interface WindowChunk {
  readonly windows: readonly Window[];
  readonly runs: readonly WindowRun[];
  /** Start of the first, end of the last. */
  readonly from: number;
  readonly to: number;
}

export interface ChunkBounds {
  readonly lengthMs: number;
  readonly maxWindows: number;
  /** Runs are sent to the server one by one. */
  readonly maxRuns: number;
  /** Windows further apart are read apart: a late event must not make a statement read all that
   *  lies between it and today. */
  readonly maxGapMs: number;
}

/** Windows cut into chunks of neighbours, so that what a statement reads is bounded in time. */
export function chunksOf(windows: Iterable<Window>, bounds: ChunkBounds): readonly WindowChunk[] {
  const sorted = [...windows].sort((a, b) => a.start - b.start || compare(a.tenant, b.tenant));
  const chunks: WindowChunk[] = [];
  let draft = emptyDraft();
  for (const window of sorted) {
    if (!fits(draft, window, bounds)) {
      chunks.push(chunkOf(draft, bounds));
      draft = emptyDraft();
    }
    take(draft, window, bounds);
  }
  if (draft.windows.length > 0) chunks.push(chunkOf(draft, bounds));
  return chunks;
}

interface Draft {
  readonly windows: Window[];
  readonly runs: { tenant: string; from: number; to: number }[];
  /** The run of each tenant that is still growing. */
  readonly growing: Map<string, { tenant: string; from: number; to: number }>;
}

function emptyDraft(): Draft {
  return { windows: [], runs: [], growing: new Map() };
}

function fits({ windows, runs }: Draft, window: Window, bounds: ChunkBounds): boolean {
  const last = windows.at(-1);
  if (last === undefined) return true;
  if (windows.length >= bounds.maxWindows || runs.length >= bounds.maxRuns) return false;
  return window.start - last.start <= bounds.maxGapMs;
}

function take({ windows, runs, growing }: Draft, window: Window, { lengthMs }: ChunkBounds): void {
  windows.push(window);
  const run = growing.get(window.tenant);
  if (run !== undefined && run.to === window.start) {
    run.to += lengthMs;
    return;
  }
  const begun = { tenant: window.tenant, from: window.start, to: window.start + lengthMs };
  growing.set(window.tenant, begun);
  runs.push(begun);
}

function chunkOf({ windows, runs }: Draft, { lengthMs }: ChunkBounds): WindowChunk {
  const from = windows[0]?.start ?? 0;
  return { windows, runs, from, to: (windows.at(-1)?.start ?? from) + lengthMs };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

import type { Percentiles, Summary } from './summary';
import { alignedTable, count, decimal } from './table';

/** The summary as plain text, one block a subject; the same on a terminal and in a pipe. */
export function renderSummary(summary: Summary): string {
  const blocks = [
    ledgerBlock(summary),
    funnelBlock(summary),
    channelBlock(summary),
    latencyBlock(summary),
    costBlock(summary),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function ledgerBlock({ ledger }: Summary): string[] {
  const rows = ledger.reasons.map(({ outcome, reason, events }) => [
    `${outcome} (${reason})`,
    count(events),
  ]);
  return [
    `accepted ${count(ledger.accepted)}   unaccounted ${count(ledger.unaccounted)}   doubled ${count(ledger.doubled)}`,
    ...alignedTable(['outcome (reason)', 'events'], rows),
  ];
}

function funnelBlock({ funnel }: Summary): string[] {
  const rows = funnel.sessions.map(({ step, entered }, index) => [
    step,
    count(entered),
    count(funnel.usersWithin24h[index]?.entered ?? null),
  ]);
  return alignedTable(['funnel, in order', 'sessions', 'users within 24 h'], rows);
}

function channelBlock({ channels, orders, revenue }: Summary): string[] {
  const rows = channels.map((row) => [
    row.channel,
    count(row.sessions),
    count(row.users),
    count(row.orders),
    `${row.revenue} ${row.currency}`,
  ]);
  const total = revenue.map(({ amount, currency }) => `${amount} ${currency}`).join(', ');
  return [
    ...alignedTable(['channel', 'sessions', 'users', 'orders', 'revenue'], rows),
    `orders ${count(orders)}   revenue ${total === '' ? 'none' : total}`,
  ];
}

function latencyBlock({ receiptToTag }: Summary): string[] {
  const lanes = Object.entries(receiptToTag).filter(([, { events }]) => events > 0);
  const rows = lanes.map(([lane, times]) => [lane, count(times.events), ...shown(times)]);
  return alignedTable(['receipt to tag, seconds', 'events', 'p50', 'p95', 'p99'], rows);
}

function shown({ p50, p95, p99 }: Percentiles): string[] {
  return [p50, p95, p99].map((seconds) => (seconds === null ? '-' : decimal(seconds, 3)));
}

function costBlock({ throughput, processes, restarts }: Summary): string[] {
  const events = throughput?.events ?? null;
  const rows = processes.map(({ name, cpuSeconds, residentBytes }) => [
    name,
    decimal(cpuSeconds, 1),
    events === null || cpuSeconds === 0 ? '-' : decimal((cpuSeconds / events) * 1e6, 1),
    count(Math.round(residentBytes / 2 ** 20)),
    count(restarts[name] ?? 0),
  ]);
  const head = ['process', 'CPU s', 'CPU µs an event', 'resident MB', 'restarts'];
  if (throughput === null) return alignedTable(head, rows);
  const { seconds, eventsPerSecond, cpuSeconds, eventsPerCpuSecond } = throughput;
  return [
    ...alignedTable(head, rows),
    `${count(throughput.events)} events in ${decimal(seconds, 1)} s, until all could be queried: ${count(Math.round(eventsPerSecond))} a second`,
    `${decimal(cpuSeconds, 1)} CPU seconds in all processes: ${count(Math.round(eventsPerCpuSecond))} events a CPU second`,
  ];
}

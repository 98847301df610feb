import { now } from './ask.js';
import { bar, setBar } from './chart.js';
import { byId, el, keyed, say } from './dom.js';
import { count, milliseconds } from './format.js';
import { between, quantile, withReading } from './latency.js';

const shares = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
];
let readings = [];

/** Percentiles of the last minute against what is promised; of all time until a minute has some. */
export function showLatency(answer) {
  const { promisedSeconds: promised, shown, instances } = answer;
  if (!shown) {
    const how =
      'Not shown: set INSIGHTS_INTERESTS_URLS to the addresses of the interests services.';
    return say(byId('latency-note'), how);
  }
  readings = withReading(readings, { at: now(), instances });
  const recent = between(readings);
  const isRecent = recent.events > 0;
  const bars = shares.map(([name, share]) => ({
    name,
    seconds: isRecent ? quantile(share, recent) : answer[name],
  }));
  draw(bars, promised);
  say(
    byId('latency-events'),
    `${count(isRecent ? recent.events : answer.events)} events ${isRecent ? 'in the last minute' : 'since the start'}`,
  );
  say(byId('latency-note'), note(answer));
}

function note({ promisedSeconds, instances, p99, events }) {
  const silent = instances.filter(({ fault }) => fault !== null);
  if (silent.length > 0)
    return silent.map(({ address, fault }) => `${address}: ${fault}`).join('; ');
  const sofar =
    events === 0 ? 'No live event so far.' : `p99 since the start: ${milliseconds(p99)}.`;
  return `${sofar} Promised: ${milliseconds(promisedSeconds)}, from receipt to Redis.`;
}

/** The promise lies at two thirds of the scale, so that going over it can be seen. */
function draw(bars, promised) {
  const scale = promised * 1.5;
  keyed(byId('latency'), bars, {
    key: ({ name }) => name,
    create: ({ name }) =>
      el(
        'p',
        { class: 'percentile' },
        el('span', { class: 'name' }, name),
        bar(0),
        el('span', { class: 'figure' }),
      ),
    update: (row, { seconds }) => {
      const [, track, figure] = row.children;
      setBar(track, (seconds ?? 0) / scale);
      row.classList.toggle('over', seconds !== null && seconds > promised);
      say(figure, milliseconds(seconds));
    },
  });
}

import { byId, el, say } from './dom.js';
import { span } from './format.js';

/** Everything the pages ask goes through here: one place knows what does not answer, and since when. */

const timeoutMs = 10_000;
/** What answers slowly is asked less often: a page must not be the load that it shows. */
const restFactor = 2;

const faults = new Map();
let answeredAt = 0;
/** Server time less the browser's: "ago" is right on a device whose clock is not. */
let offsetMs = 0;

export function now() {
  return Date.now() + offsetMs;
}

/** The answer of a call; null for 404. Throws with a sentence that may be shown. */
export async function ask(path, parameters = {}) {
  const wanted = Object.entries(parameters).filter(([, value]) => value !== null && value !== '');
  const query = new URLSearchParams(wanted).toString();
  const response = await fetch(query === '' ? path : `${path}?${query}`, {
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error) => {
    throw new Error(error.name === 'TimeoutError' ? 'no answer within 10 s' : 'cannot be reached');
  });
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isFinite(date) && Math.abs(date - Date.now()) > 2000) offsetMs = date - Date.now();
  if (response.status === 404) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.message ?? `HTTP ${response.status}`);
  return answer;
}

/** Reads again and again while somebody looks. Gives back a function that reads at once. */
export function keepAsking(what, read, everyMs) {
  let timer = 0;
  let round = 0;
  const next = async () => {
    clearTimeout(timer);
    round += 1;
    const mine = round;
    const began = performance.now();
    if (!document.hidden) await attempt(what, read);
    if (mine !== round) return;
    const took = performance.now() - began;
    timer = setTimeout(next, Math.max(everyMs - took, restFactor * took));
  };
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) next();
  });
  next();
  return next;
}

async function attempt(what, read) {
  try {
    await read();
    faults.delete(what);
    answeredAt = Date.now();
  } catch (error) {
    faults.set(what, error.message);
  }
  showState();
}

function showState() {
  const state = byId('state');
  const [[what, why] = []] = faults;
  state.classList.toggle('bad', what !== undefined);
  if (what === undefined) return say(state, 'Up to date');
  const ago = answeredAt === 0 ? '' : `; the rest is of ${span(Date.now() - answeredAt)} ago`;
  say(state, `${what}: ${why}${ago}`);
}

/** The tenant that is looked at: the only one, or the one chosen, which the address keeps. */
export async function chooseTenant() {
  const installation = await ask('/v1/installation');
  const names = installation.tenants.map(({ name }) => name);
  if (names.length <= 1) return { ...installation, scope: {} };
  const asked = new URLSearchParams(location.search).get('tenant');
  const tenant = names.includes(asked) ? asked : names[0];
  const select = byId('tenant');
  select.replaceChildren(...names.map((name) => el('option', { value: name }, name)));
  select.value = tenant;
  select.parentElement.hidden = false;
  select.addEventListener('change', () => {
    remember({ tenant: select.value });
    location.reload();
  });
  for (const link of document.querySelectorAll('header a')) link.search = `?tenant=${tenant}`;
  return { ...installation, scope: { tenant } };
}

/** Puts values into the address, so that a view can be sent to somebody. */
export function remember(values) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value === '' || value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  history.replaceState(null, '', address);
}

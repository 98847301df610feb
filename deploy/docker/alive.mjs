// `node alive.mjs PORT`: ends with 0 if the service on this port of the container lives, else 1.
// Liveness, not readiness: a service that waits for a server must not be restarted for it.
const address = `http://127.0.0.1:${process.argv[2]}/livez`;
const answer = fetch(address, { signal: AbortSignal.timeout(4000) });
process.exit(
  await answer.then(
    ({ ok }) => (ok ? 0 : 1),
    () => 1,
  ),
);

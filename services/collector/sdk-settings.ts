/** It gives an event up after ten tries unless it is told the most that it can be told: a page that
 *  stays open through an outage has then waited hours. */
const mostTries = { maxRetryCount: 100 };
const httpConfig = { rateLimitConfig: mostTries, backoffConfig: mostTries };

/** What analytics.js asks for before it sends anything: only our own destination, at this host. */
export function sdkSettings(writeKey: string, at: { protocol: string; host: string }): object {
  const all = { enabled: true, integrations: {} };
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${at.host}/v1`,
        protocol: at.protocol,
        unbundledIntegrations: [],
        addBundledMetadata: true,
        httpConfig,
      },
    },
    plan: { track: { __default: all }, identify: { __default: all }, group: { __default: all } },
    edgeFunction: {},
    analyticsNextEnabled: true,
    middlewareSettings: {},
    enabledMiddleware: {},
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
  };
}

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

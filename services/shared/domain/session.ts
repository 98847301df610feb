/** Sessions. With a session id: all events of (user, id), however long. Without one: the user's
 *  events without id, split by silence and at midnight of the tenant's time zone. "First" is by
 *  (eventAt, messageId) everywhere. */

/** This much silence, or more, ends a session without an id (GA4's default session time-out). */
export const sessionSilenceMs = 30 * 60_000;

/** How far reads look around a window for the rest of its sessions; a setting, this is its default.
 *  A session id in use for longer than this is cut where the read begins. */
export const sessionLookBackMs = 72 * 3_600_000;

/** The longest calendar day of any time zone: how far apart events of one session without id can be. */
export const longestDayMs = 25 * 3_600_000;

/** The channel of a session none of whose events names one. */
export const directChannel = 'Direct';

/** `clean` skips events whose source is one of the tenant's own domains; `raw` takes them too. */
export const selfReferralModes = ['clean', 'raw'] as const;
export type SelfReferral = (typeof selfReferralModes)[number];

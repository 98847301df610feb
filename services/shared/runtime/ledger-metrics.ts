/** Metrics of the ledger: the part of the catalogue that says whether rows and records are the same. */
export const ledgerMetrics = {
  tributary_accepted_events: {
    type: 'gauge',
    by: 'metrics',
    help: 'Raw records between the first offsets written down at set-up and the log ends.',
    labels: [],
  },
  tributary_unaccounted_events: {
    type: 'gauge',
    by: 'metrics',
    help: 'Accepted records without a row: on their way, or lost if it lasts.',
    labels: [],
  },
  tributary_doubled_events: {
    type: 'gauge',
    by: 'metrics',
    help: 'Counted records whose message is counted at another coordinate too.',
    labels: [],
  },
  tributary_ledger_findings: {
    type: 'gauge',
    by: 'metrics',
    help: 'Rows that stand for no record of Kafka, and records that were lost, by kind; 0 is right.',
    labels: ['kind'],
  },
  tributary_ledger_mended_total: {
    type: 'counter',
    by: 'metrics',
    help: 'Offsets without a row that were mended: written down as void, or the record sent again.',
    labels: ['by'],
  },
} as const;

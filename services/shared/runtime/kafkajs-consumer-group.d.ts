/** What is used of a part of kafkajs 2.2.4 that has no types of its own. */
declare module 'kafkajs/src/consumer/consumerGroup' {
  class ConsumerGroup {
    /** When the last heartbeat was sent, by the time of day. */
    lastRequest: number;
    heartbeat(options: { readonly interval: number }): Promise<void>;
  }
  export = ConsumerGroup;
}

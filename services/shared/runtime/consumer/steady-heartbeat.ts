import ConsumerGroup = require('kafkajs/src/consumer/consumerGroup');

let isMended = false;

/** kafkajs 2.2.4 sends a heartbeat when the last one is long enough ago by the time of day. Set back by
 *  an hour, it sends none for an hour: the group gives the partitions away, nobody tells this member,
 *  and it reads on and commits nothing. Here a last heartbeat that is still to come is none. */
export function mendHeartbeats(): void {
  if (isMended) return;
  isMended = true;
  const { heartbeat } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.heartbeat = function beat(options) {
    if (this.lastRequest > Date.now()) this.lastRequest = 0;
    return heartbeat.call(this, options);
  };
}

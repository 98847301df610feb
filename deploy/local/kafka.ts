import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { jarsFolder } from './paths';
import type { Launch } from './process';

export interface KafkaOptions {
  folder: string;
  logFile: string;
  port: number;
  /** Where the cluster's one controller listens. */
  controllerPort: number;
  /** The folder of the broker whose cluster this one joins, as its broker 2 and no controller. */
  joins?: string;
}

/** One KRaft process that is broker and controller, on 127.0.0.1, with its data in `folder`; or one
 *  more broker beside it. */
export async function kafkaLaunch(options: KafkaOptions): Promise<Launch> {
  mkdirSync(options.folder, { recursive: true });
  const properties = join(options.folder, 'server.properties');
  writeFileSync(properties, serverProperties(options));
  const cluster = options.joins === undefined ? newClusterId() : clusterIdOf(options.joins);
  await formatOnce(options.folder, properties, cluster);
  return {
    name: 'Kafka',
    command: 'java',
    args: ['-Xmx512m', '-XX:+ExitOnOutOfMemoryError', ...jvm, 'kafka.Kafka', properties],
    logFile: options.logFile,
    ready: () => answers(`127.0.0.1:${options.port}`),
    readyWithinMs: 90_000,
    stopWithinMs: 15_000,
  };
}

const jvm = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.showDateTime=true',
  '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
  '-cp',
  join(jarsFolder, 'kafka', '*'),
];

function serverProperties(options: KafkaOptions) {
  const broker = `127.0.0.1:${options.port}`;
  const controller = `127.0.0.1:${options.controllerPort}`;
  const isAlone = options.joins === undefined;
  const messageBytes = 12 * 1024 * 1024;
  return `${Object.entries({
    'process.roles': isAlone ? 'broker,controller' : 'broker',
    'node.id': isAlone ? 1 : 2,
    // Static voters: the controller's port may change between two starts on the same data.
    'controller.quorum.voters': `1@${controller}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    listeners: `PLAINTEXT://${broker}${isAlone ? `,CONTROLLER://${controller}` : ''}`,
    'advertised.listeners': `PLAINTEXT://${broker}`,
    'log.dirs': join(options.folder, 'log').replaceAll('\\', '/'),
    'auto.create.topics.enable': false,
    'log.message.timestamp.type': 'LogAppendTime',
    'message.max.bytes': messageBytes,
    'replica.fetch.max.bytes': messageBytes,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    // A laptop that slept for a week must find its offsets: without them the services refuse to start.
    'offsets.retention.minutes': 60 * 24 * 365,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'num.network.threads': 2,
    'num.io.threads': 4,
    // The default takes 128 MB of a 512 MB heap, for topics we do not compact.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  })
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')}\n`;
}

/** Formats the log folder on its first use only: its cluster id stays with the data. */
async function formatOnce(folder: string, properties: string, cluster: string): Promise<void> {
  if (existsSync(join(folder, 'log', 'meta.properties'))) return;
  const args = [
    ...jvm,
    'kafka.tools.StorageTool',
    'format',
    `--cluster-id=${cluster}`,
    '-c',
    properties,
  ];
  try {
    await promisify(execFile)('java', args);
  } catch (error) {
    throw new Error(`Kafka's log folder in ${folder} could not be formatted: ${error}`);
  }
}

/** Kafka's cluster ids are 16 random bytes in URL-safe base 64. */
function newClusterId(): string {
  return Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
}

function clusterIdOf(folder: string): string {
  const text = readFileSync(join(folder, 'log', 'meta.properties'), 'utf8');
  const id = /^cluster\.id=(\S+)$/m.exec(text)?.[1];
  if (id === undefined) throw new Error(`${folder} is not the folder of a broker`);
  return id;
}

/** Asks for the cluster, and for a group, which makes the broker load its group coordinator. */
async function answers(broker: string): Promise<boolean> {
  const kafka = new Kafka({
    clientId: 'readiness',
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const { groups } = await admin.describeGroups(['readiness']);
    return brokers.length > 0 && groups.length > 0;
  } finally {
    await admin.disconnect();
  }
}

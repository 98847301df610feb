import { Command, Option } from 'commander';
import { freePorts, portsFrom, startServers } from './servers';

/** Starts the local servers alone, prints how to reach them, and stops them on SIGTERM or Ctrl-C. */
async function main(): Promise<void> {
  const { data, fresh, ports } = new Command('servers')
    .requiredOption('--data <folder>', 'folder for all data; logs go beside it')
    .option('--fresh', 'empty the folder first', false)
    .addOption(new Option('--ports <which>').choices(['default', 'free']).default('default'))
    .parse()
    .opts<{ data: string; fresh: boolean; ports: 'default' | 'free' }>();
  const servers = await startServers({
    dataDir: data,
    ports: ports === 'free' ? await freePorts() : portsFrom(process.env),
    fresh,
    env: process.env,
    say: (line) => console.error(line),
  });
  for (const [name, value] of Object.entries(servers.env)) console.log(`export ${name}=${value}`);
  const stop = () => void servers.stop().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});

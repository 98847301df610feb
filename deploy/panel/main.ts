import { Command } from 'commander';
import { defaultFollowed } from '../traffic/plan';
import { startPanel } from './panel';
import type { PanelService } from './sources';

type Flags = Readonly<Record<PanelService, string>> & {
  readonly followed: string;
  readonly tenant?: string;
};

const command = new Command('panel')
  .description('shows what running services do, until Ctrl-C')
  .option('--collector <url>', 'where the collector listens', 'http://127.0.0.1:8080')
  .option('--insights <url>', 'where insights listens', 'http://127.0.0.1:8090')
  .option('--cleaner <url>', 'where the cleaner listens', 'http://127.0.0.1:8091')
  .option('--interests <url>', 'where interests listens', 'http://127.0.0.1:8092')
  .option('--metrics <url>', 'where metrics listens', 'http://127.0.0.1:8093')
  .option('--followed <id>', 'the user or anonymous id to watch', defaultFollowed)
  .option('--tenant <name>', 'whose numbers, where there are several')
  .action((flags: Flags) => {
    const panel = startPanel({
      urls: flags,
      tenant: flags.tenant ?? null,
      followed: flags.followed,
      links: [
        { label: 'events go to', url: `${flags.collector}/v1/{track,page,identify,batch,import}` },
        { label: 'questions go to', url: `${flags.insights}/v1/ledger` },
      ],
      output: process.stdout,
      env: process.env,
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void panel.stop().then(() => process.exit(0)));
    }
  });

command.parse();

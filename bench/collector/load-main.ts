import { type LoadPlan, sendLoad } from './load';

/** A sender as a process of its own: takes a plan from its parent and gives back a report. */
process.once('message', (plan: LoadPlan) => {
  sendLoad(plan, (progress) => process.send?.({ progress })).then(
    (report) => process.send?.({ report }, () => process.exit(0)),
    (error: Error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
});

import { readSettings } from '../../services/shared/runtime/config';
import { FatalError, messageOf } from '../../services/shared/runtime/errors';
import { createKafka } from '../../services/shared/runtime/kafka';
import { createLog } from '../../services/shared/runtime/log';
import { setupSettings } from './config';
import { setup } from './setup';

const settings = readSettings(setupSettings, process.env);
const log = createLog('setup', { level: settings.logLevel });

setup({ ...settings, kafka: createKafka({ ...settings, clientId: 'tributary-setup', log }), log })
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    const what = error instanceof FatalError ? error.message : `set-up failed: ${messageOf(error)}`;
    process.stderr.write(`${what}\n`, () => process.exit(1));
  });

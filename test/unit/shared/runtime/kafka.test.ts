import { FatalError, TransientError } from '../../../../services/shared/runtime/errors';
import { createKafka, kafkaFailure } from '../../../../services/shared/runtime/kafka';
import { keepingLog } from '../../../support/log-lines';

const { log } = keepingLog();
const base = { clientId: 'test', brokers: ['127.0.0.1:1'], log };

test.each([
  ['a user without a password', { kafkaUsername: 'somebody', kafkaPassword: null }],
  ['a password without a user', { kafkaUsername: null, kafkaPassword: 'secret' }],
])('%s is a fault, and not nobody', (_what, login) => {
  expect(() => createKafka({ ...base, ...login })).toThrow(FatalError);
});

test('both, or neither, is a log-in or none', () => {
  createKafka(base);
  createKafka({ ...base, kafkaUsername: 'somebody', kafkaPassword: 'secret' });
});

/** As kafkajs words them: it says that the log-in failed, whatever failed during it. */
test.each([
  [
    'SASL SCRAM SHA512 authentication failed: Authentication failed during authentication due to ' +
      'invalid credentials with SASL mechanism SCRAM-SHA-512',
    FatalError,
  ],
  [
    'SASL PLAIN authentication failed: Authentication failed: Invalid username or password',
    FatalError,
  ],
  ['SASL SCRAM SHA512 authentication failed: Closed connection', TransientError],
  ['SASL PLAIN authentication failed: Request SaslAuthenticate timed out', TransientError],
])('%s', (message, kind) => {
  const failure = kafkaFailure(new Error('gave up', { cause: new Error(message) }), 'asking');
  expect(failure).toBeInstanceOf(kind);
});

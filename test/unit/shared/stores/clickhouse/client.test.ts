import { ClickHouseError } from '@clickhouse/client';
import { TransientError } from '../../../../../services/shared/runtime/errors';
import { clickHouseFailure } from '../../../../../services/shared/stores/clickhouse/client';

const serverSays = (type: string) => new ClickHouseError({ message: 'said', code: '1', type });

test.each([
  ...['TIMEOUT_EXCEEDED', 'TOO_MANY_SIMULTANEOUS_QUERIES', 'MEMORY_LIMIT_EXCEEDED'],
  ...['TABLE_IS_READ_ONLY', 'NETWORK_ERROR', 'KEEPER_EXCEPTION', 'TOO_FEW_LIVE_REPLICAS'],
  ...['UNKNOWN_STATUS_OF_INSERT', 'QUERY_WAS_CANCELLED', 'NOT_ENOUGH_SPACE', 'UNKNOWN_EXCEPTION'],
  ...['AUTHENTICATION_FAILED', 'SERVER_OVERLOADED', 'NEVER_HEARD_OF'],
])('%s passes by itself or with help: to be tried again', (type) => {
  const failure = clickHouseFailure(serverSays(type));
  expect(failure).toBeInstanceOf(TransientError);
  expect(failure).toMatchObject({ server: 'clickhouse' });
  expect(failure.message).toContain(type);
});

test.each([
  ...['SYNTAX_ERROR', 'UNKNOWN_TABLE', 'UNKNOWN_IDENTIFIER', 'TYPE_MISMATCH', 'INCORRECT_DATA'],
  ...['CANNOT_PARSE_INPUT_ASSERTION_FAILED', 'CANNOT_READ_ALL_DATA', 'CANNOT_PARSE_DATETIME'],
  ...['ATTEMPT_TO_READ_AFTER_EOF', 'TOO_LARGE_STRING_SIZE', 'SIZES_OF_ARRAYS_DONT_MATCH'],
  ...['VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE', 'ILLEGAL_TYPE_OF_ARGUMENT'],
])('%s is the fault of the statement or the row: thrown as it is', (type) => {
  const error = serverSays(type);
  expect(clickHouseFailure(error)).toBe(error);
});

test('what the network says is to be tried again; a fault of the program is not', () => {
  expect(clickHouseFailure(new Error('Timeout error.'))).toBeInstanceOf(TransientError);
  expect(clickHouseFailure(new Error('<html>502 Bad Gateway'))).toBeInstanceOf(TransientError);
  const bug = new TypeError('x is undefined');
  expect(clickHouseFailure(bug)).toBe(bug);
});

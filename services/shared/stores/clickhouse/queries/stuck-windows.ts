import type { WindowTable } from '../../../domain/window';
import { type FactScope, scopeParams } from '../facts';
import type { Query } from './query';

/** Whether windows that start in scope could not be recomputed and may say something old. */
export function isStale(table: WindowTable, scope: FactScope): Query<boolean> {
  return {
    sql: `SELECT count() > 0 AS stale
  FROM windows_stuck FINAL
 WHERE windowTable = {windowTable:String} AND tenant = {tenant:String} AND stuck = 1
   AND start >= fromUnixTimestamp64Milli({readFrom:Int64}, 'UTC')
   AND start < fromUnixTimestamp64Milli({readTo:Int64}, 'UTC')`,
    params: { ...scopeParams(scope), windowTable: table },
    parseRow: (raw) => Number(raw.stale) === 1,
  };
}

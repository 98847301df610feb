import { createHash } from 'node:crypto';
import { FatalError } from '../../runtime/errors';
import type { ClickHouse } from './client';
import { splitStatements } from './statements';

export interface Migration {
  /** From the file name: 001-events.sql is 1. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/** What has been applied. The statements of a file are each safe to repeat, so a set-up that died
 *  between a statement and this row begins the file again. */
const ledger = `
  CREATE TABLE IF NOT EXISTS schema_migrations
  (
      version UInt32,
      name String,
      checksum String,
      appliedAt DateTime64(3, 'UTC') DEFAULT now64(3)
  )
  ENGINE = ReplacingMergeTree(appliedAt)
  ORDER BY version`;

/** Applies what is not applied yet, in order, one statement at a time. FatalError where a file that
 *  was applied has changed or is gone, before anything is done. Returns the names it applied. */
export async function migrate(
  clickhouse: ClickHouse,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  await clickhouse.command(ledger);
  const pending = await pendingOf(clickhouse, migrations);
  for (const migration of pending) {
    for (const statement of splitStatements(migration.sql)) await clickhouse.command(statement);
    const { version, name } = migration;
    const row = { version, name, checksum: checksumOf(migration) };
    await clickhouse.insert('schema_migrations', [row]);
  }
  return pending.map((migration) => migration.name);
}

/** The names of those that are not applied yet. FatalError as in `migrate`; changes nothing. */
export async function pendingMigrations(
  clickhouse: ClickHouse,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  return (await pendingOf(clickhouse, migrations)).map((migration) => migration.name);
}

async function pendingOf(
  clickhouse: ClickHouse,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const ordered = [...migrations].sort((a, b) => a.version - b.version);
  const applied = await readApplied(clickhouse);
  assertUnchanged(ordered, applied);
  return ordered.filter((migration) => !applied.has(migration.version));
}

async function readApplied(clickhouse: ClickHouse): Promise<ReadonlyMap<number, Applied>> {
  const sql = 'SELECT version, name, checksum FROM schema_migrations FINAL';
  const rows = await clickhouse.rows(sql);
  return new Map(
    rows.map((row) => [
      Number(row.version),
      { name: String(row.name), checksum: String(row.checksum) },
    ]),
  );
}

function assertUnchanged(
  migrations: readonly Migration[],
  applied: ReadonlyMap<number, Applied>,
): void {
  const byVersion = new Map(migrations.map((migration) => [migration.version, migration]));
  if (byVersion.size < migrations.length) {
    throw new FatalError('two migrations have the same number: give the newer one the next number');
  }
  for (const [version, { name, checksum }] of applied) {
    const migration = byVersion.get(version);
    if (migration === undefined) {
      throw new FatalError(
        `migration ${name} was applied to this database and is gone: it belongs to a newer ` +
          'release, or was deleted. Use that release, or restore the file.',
      );
    }
    if (checksumOf(migration) !== checksum) {
      throw new FatalError(
        `migration ${name} was changed after it was applied: the tables are not what it says. ` +
          'Restore it, and make the change in a new file with the next number.',
      );
    }
  }
}

/** Of the statements alone: a comment may be mended. */
function checksumOf({ sql }: Migration): string {
  return createHash('sha256').update(splitStatements(sql).join(';\n')).digest('hex');
}

/** What the server of a bench runs on: a database and settings of the bench's own, none of those of whoever measures. */
import { type Configuration, readConfiguration } from '../src/app/configuration.ts'
import type { TestDatabase } from '../test/support/databases.ts'

/** The configuration of a quiet server on this machine, on `place`, with the settings of one bench. */
export function benchConfiguration(
  { dataDir, databaseUrl }: Pick<TestDatabase, 'dataDir' | 'databaseUrl'>,
  settings: Readonly<Record<string, string>>,
): Configuration {
  return readConfiguration({
    LOADLENS_DATA_DIR: dataDir,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    LOADLENS_PORT: '0',
    LOADLENS_LOG_LEVEL: 'error',
    ...settings,
  })
}

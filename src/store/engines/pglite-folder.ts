/** The folder of the embedded database: created whole or not at all, opened by one process at a time. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type DataDirLock, lockDataDir } from './data-dir-lock.ts'
import { type PgliteClient, startPglite } from './pglite-client.ts'

/** PostgreSQL's major version in the PGlite this project depends on; its files are not read by another. */
const majorVersion = '18'

/** The folder was written by another major version of PostgreSQL. */
export class DataDirVersionError extends Error {
  override readonly name = 'DataDirVersionError'
}

/**
 * Opens the embedded database below `dataDir`, creating it on the first start.
 * @throws {DataDirLockedError} while another process has it open.
 * @throws {DataDirVersionError} where its files are of another PostgreSQL.
 */
export async function openPgliteFolder(dataDir: string): Promise<PgliteClient> {
  await mkdir(dataDir, { recursive: true })
  const lock = await lockDataDir(dataDir)
  try {
    const folder = join(dataDir, 'postgres')
    if (!existsSync(folder)) await createFolder(folder)
    await refuseOtherVersion(folder)
    return unlockingOnClose(await startPglite({ folder, purpose: 'serve' }), lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Initialises beside the final name and renames: a process that dies on the way leaves nothing half-made. */
async function createFolder(folder: string): Promise<void> {
  const beside = `${folder}.new-${randomUUID()}`
  const creator = await startPglite({ folder: beside, purpose: 'create' })
  await creator.close()
  await rename(beside, folder)
}

async function refuseOtherVersion(folder: string): Promise<void> {
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => 'unknown')).trim()
  if (version === majorVersion) return
  throw new DataDirVersionError(
    `The database in ${folder} is of PostgreSQL ${version}; this version of Loadlens brings PostgreSQL ${majorVersion}.`,
  )
}

function unlockingOnClose(client: PgliteClient, lock: DataDirLock): PgliteClient {
  return {
    query: client.query,
    close: async () => {
      try {
        await client.close()
      } finally {
        await lock.release()
      }
    },
  }
}

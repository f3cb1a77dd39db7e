/** `loadlens peers`. */
import { clockOf } from '../clock.ts'
import { refreshPeers } from '../peers.ts'
import { print } from '../terminal.ts'
import { withDatabase } from './with-database.ts'

/** Computes the statistics of similar homes anew. */
export async function peersCommand({ json }: { readonly json?: boolean }): Promise<void> {
  const homes = await withDatabase(async (db, configuration) => refreshPeers(db, clockOf(configuration)()))
  print(json === true ? JSON.stringify({ homes }) : `${homes} homes can be compared with.`)
}

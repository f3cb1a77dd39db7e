/** `loadlens peers`. */
import { clockOf } from '../clock.ts'
import { refreshPeers } from '../peers.ts'
import { CommandRefusal, print } from '../terminal.ts'
import { withDatabase } from './with-database.ts'

/** Computes the statistics of similar homes anew. @throws {CommandRefusal} while a server does */
export async function peersCommand({ json }: { readonly json?: boolean }): Promise<void> {
  const homes = await withDatabase(async (db, configuration) => refreshPeers(db, { now: clockOf(configuration)() }))
  if (homes === undefined) throw new CommandRefusal('A server is computing them now.')
  print(json === true ? JSON.stringify({ homes }) : `Homes that can be compared with: ${homes}`)
}

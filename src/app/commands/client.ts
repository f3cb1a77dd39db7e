/** `loadlens client create | list | revoke`. */
import { hashSecret, newSecret } from '../../api/auth/secrets.ts'
import { clientIdPattern, createClient, listClients, revokeClient } from '../../store/index.ts'
import { machineClock } from '../clock.ts'
import { CommandRefusal, print, say } from '../terminal.ts'
import { withDatabase } from './with-database.ts'

interface CreateOptions {
  readonly company: readonly string[]
  readonly name?: string
  readonly json?: boolean
}

/** Creates a client and prints its secret, the only time it can be seen. */
export async function createClientCommand(id: string, { company, name, json }: CreateOptions): Promise<void> {
  if (!clientIdPattern.test(id))
    throw new CommandRefusal('A client id has 1 to 64 letters, digits, ".", "_" or "-".', 2)
  const companies = [...new Set(company.flatMap((one) => one.split(',')).map((one) => one.trim()))]
  if (companies.includes('')) throw new CommandRefusal('A company code is empty.', 2)
  const secret = newSecret()
  const created = await withDatabase(async (db) =>
    createClient(db, { id, companies, name, secretHash: await hashSecret(secret), now: machineClock() }),
  )
  if (created === undefined)
    throw new CommandRefusal(`There is a client ${id} already. Choose another id; a revoked one is not given again.`)
  if (json === true) return print(JSON.stringify({ client_id: id, client_secret: secret, companies }))
  print(`client_id      ${id}`)
  print(`client_secret  ${secret}`)
  say('The secret is not stored and cannot be shown again.')
}

/** Lists the clients, revoked ones among them. */
export async function listClientsCommand({ json }: { readonly json?: boolean }): Promise<void> {
  const clients = await withDatabase(async (db) => listClients(db))
  const rows = clients.map(({ id, name, companies, createdAt, revokedAt }) => ({
    client_id: id,
    name,
    companies,
    created_at: new Date(createdAt).toISOString(),
    revoked_at: revokedAt === null ? null : new Date(revokedAt).toISOString(),
  }))
  if (json === true) return print(JSON.stringify(rows))
  if (rows.length === 0) return say('There are no clients. Make one with: loadlens client create <id> --company <code>')
  const width = Math.max(...rows.map(({ client_id }) => client_id.length))
  for (const { client_id, companies, name, revoked_at } of rows) {
    const state = revoked_at === null ? '' : `  revoked ${revoked_at}`
    print(`${client_id.padEnd(width)}  ${companies.join(',')}${name === null ? '' : `  ${name}`}${state}`)
  }
}

/** Ends a client's access. */
export async function revokeClientCommand(id: string): Promise<void> {
  const revoked = await withDatabase(async (db) => revokeClient(db, id, machineClock()))
  if (!revoked) throw new CommandRefusal(`There is no client ${id} to revoke. loadlens client list shows them.`)
  say(`${id} is revoked: its tokens are refused from now on.`)
}

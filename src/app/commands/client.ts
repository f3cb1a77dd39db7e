/** `loadlens client create | list | secret | revoke`. */
import { hashSecret, newSecret } from '../../api/auth/secrets.ts'
import {
  type Client,
  clientIdPattern,
  countAccounts,
  createClient,
  type Database,
  findClient,
  listClients,
  replaceSecret,
  revokeClient,
} from '../../store/index.ts'
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
  const created = await withDatabase(async (db) => {
    const secretHash = await hashSecret(secret)
    const client = await createClient(db, { id, companies, name, secretHash, now: machineClock() })
    return client ?? (await refuseTakenId(db, id))
  })
  showSecret(created, secret, json)
}

async function refuseTakenId(db: Database, id: string): Promise<never> {
  const taken = await findClient(db, id)
  throw new CommandRefusal(
    taken?.revokedAt === null
      ? `There is a client ${id} already. Choose another id, or give it a new secret: loadlens client secret ${id}`
      : `The client ${id} is revoked, and its id is not given again. Choose another id.`,
  )
}

/** Gives a client another secret, and prints it, the only time it can be seen. */
export async function newSecretCommand(id: string, { json }: { readonly json?: boolean }): Promise<void> {
  const secret = newSecret()
  const { client, lifetimeS } = await withDatabase(async (db, { tokenLifetimeS, externalIssuer }) => {
    if (externalIssuer !== undefined)
      throw new CommandRefusal(`Secrets are those of LOADLENS_OAUTH_ISSUER (${externalIssuer}): change it there.`)
    return { client: await replaceSecret(db, id, await hashSecret(secret)), lifetimeS: tokenLifetimeS }
  })
  if (client === undefined)
    throw new CommandRefusal(`There is no client ${id}, or it is revoked. loadlens client list shows them.`)
  showSecret(client, secret, json)
  say(
    `The old secret is refused from now on. Tokens given before end by themselves, ${lifetimeS} s after they were given (LOADLENS_TOKEN_LIFETIME_S). ` +
      `Where LOADLENS_CLIENTS names ${id}, put the new secret there too: every start sets the one that stands there.`,
  )
}

function showSecret({ id, companies }: Client, secret: string, json: boolean | undefined): void {
  if (json === true) {
    print(JSON.stringify({ client_id: id, client_secret: secret, companies }))
    return
  }
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

/** Ends a client's access, and with it everybody's to its accounts: where it has any, only with `yes`. */
export async function revokeClientCommand(id: string, { yes }: { readonly yes?: boolean }): Promise<void> {
  const revoked = await withDatabase(async (db) => {
    if (yes !== true) await refuseWhereItHasAccounts(db, id)
    return await revokeClient(db, id, machineClock())
  })
  if (!revoked) throw new CommandRefusal(`There is no client ${id} to revoke. loadlens client list shows them.`)
  say(`${id} is revoked: its tokens are refused from now on.`)
}

async function refuseWhereItHasAccounts(db: Database, id: string): Promise<void> {
  const client = await findClient(db, id)
  const count = await countAccounts(db, id)
  if (client?.revokedAt !== null || count === 0) return
  throw new CommandRefusal(
    `${id} has ${count === 1 ? '1 account' : `${count} accounts`} that nobody else can reach: once it is revoked, nobody can read, export, close or erase what it has, ` +
      `and that cannot be undone. Where its secret is lost or leaked: loadlens client secret ${id}. To revoke it all the same, add --yes.`,
  )
}

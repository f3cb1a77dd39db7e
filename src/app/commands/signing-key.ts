/** `loadlens signing-key replace`. */
import { keysKnownForMs, replaceKeys } from '../../api/auth/key-ring.ts'
import { machineClock } from '../clock.ts'
import { CommandRefusal, say } from '../terminal.ts'
import { withDatabase } from './with-database.ts'

/** Puts a new key in the place of those that sign tokens. Servers of the same database need no restart. */
export async function replaceSigningKeyCommand(): Promise<void> {
  await withDatabase(async (db, { externalIssuer }) => {
    if (externalIssuer !== undefined)
      throw new CommandRefusal(`Tokens are signed by LOADLENS_OAUTH_ISSUER (${externalIssuer}): change the key there.`)
    await replaceKeys(db, machineClock())
  })
  say(
    `Tokens have a new signing key. Servers that run notice within ${keysKnownForMs / 1000} s, and refuse those given before; clients get new ones with their secrets.`,
  )
}

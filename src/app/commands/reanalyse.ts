/** `loadlens reanalyse`: has days told apart anew that an earlier version told apart. */
import { model } from '../../disaggregate/index.ts'
import { markOtherModels } from '../../store/index.ts'
import { clockOf } from '../clock.ts'
import { print } from '../terminal.ts'
import { analysePending } from './analyse-pending.ts'
import { withDatabase } from './with-database.ts'

/** Marks them and analyses them; servers on the same database take their share. Safe to stop and to repeat. */
export async function reanalyseCommand({ json = false }: { readonly json?: boolean }): Promise<void> {
  await withDatabase(async (db, configuration) => {
    const clock = clockOf(configuration)
    const days = await markOtherModels(db, model, clock())
    print(json ? JSON.stringify({ model, days }) : `${days} days were told apart by another version than ${model}.`)
    await analysePending(db, configuration, clock)
  })
}

/** What is kept at hand of the grid: an answer is there when a server begins to listen, and asking for it computes nothing. */
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import type { IssueTask } from '../../src/app/greenness-issue.ts'
import { type GreennessKeeper, startGreennessKeeper } from '../../src/app/greenness-keeper.ts'
import type { GridHour } from '../../src/energy/grid-hours.ts'
import { type Database, writeGridHours } from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine, type TestEngine } from '../support/databases.ts'
import { gridHour, gridHoursRead } from '../support/grid-hours.ts'

const now = Date.parse('2026-07-22T14:30:00Z')
const engine: TestEngine = pgliteEngine()
let db: Database
let remove: () => Promise<void>
let keeper: GreennessKeeper | undefined

afterAll(() => engine.stop())
beforeEach(async () => {
  const opened = await openTestDatabase(engine)
  db = opened.db
  remove = opened.remove
})
afterEach(async () => {
  await keeper?.stop()
  await remove()
})

/** Waits for what comes, however busy the machine is. */
const soon = <T>(read: () => T) => expect.poll(read, { timeout: 50_000 })

/** An hour that says which issue it is of. */
const hourOf = ({ zone, isQuick }: IssueTask): GridHour[] => [
  {
    startAt: now,
    renewableShare: 0.5,
    kind: 'substitute',
    madeAt: now,
    source: null,
    restsOn: [],
    model: `${zone} ${isQuick ? 'quick' : 'whole'}`,
  },
]

/** A keeper whose issues wait until they are let through; `asked` names them. */
function keeperWith(zones: readonly string[], issue: (task: IssueTask) => GridHour[] = hourOf, at = now) {
  const asked: string[] = []
  const errors: unknown[] = []
  const passes: (() => void)[] = []
  const pool = {
    issueGreenness: async (task: IssueTask) => {
      asked.push(`${task.zone} ${task.isQuick ? 'quick' : 'whole'}`)
      if (!task.isQuick) await new Promise<void>((resolve) => passes.push(resolve))
      return issue(task)
    },
  }
  const context = { db, pool, clock: () => at, onError: (error: unknown) => errors.push(error) }
  const started = startGreennessKeeper(context, zones)
  keeper = started
  /** Stops it after the issue that waits. */
  const finish = async () => {
    await soon(() => passes.length).toBe(1)
    const stopped = started.stop()
    passes.shift()?.()
    await stopped
  }
  return { keeper: started, asked, errors, passes, finish }
}

const modelOf = (kept: GreennessKeeper, zone: string) => {
  const known = kept.hoursOf(zone)
  return 'hours' in known ? (known.hours[0]?.model ?? null) : known.refusal
}

test('when it is ready Italy is told of, and zones that hours are stored of or that are configured are known', async () => {
  await writeGridHours(db, [{ ...gridHour(now - 9_000_000, 0.4), zone: 'SARD' }], now)
  const { keeper: kept, passes } = keeperWith(['NORD'])
  await kept.ready
  expect(['IT', 'it', 'NORD', 'SARD', 'SUD'].map((zone) => modelOf(kept, zone))).toEqual([
    'IT quick',
    'IT quick',
    null,
    null,
    'zone_unknown',
  ])
  expect(kept.hoursOf('SUD')).toMatchObject({ knownZones: ['IT', 'NORD', 'SARD'] })
  await soon(() => passes.length).toBe(1)
  // Our own forecast is still being made: nobody waits for it.
  expect(modelOf(kept, 'IT')).toBe('IT quick')
  passes.shift()?.()
  await soon(() => modelOf(kept, 'IT')).toBe('IT whole')
  await soon(() => passes.length).toBe(1)
  passes.shift()?.()
  await soon(() => modelOf(kept, 'NORD')).toBe('NORD whole')
  await soon(() => passes.length).toBe(1)
  passes.shift()?.()
})

test('a server that starts again says the forecast of before until it has another, unless that is more than a day old', async () => {
  await writeGridHours(
    db,
    ['IT', 'SARD'].map((zone) => ({ ...gridHour(now - 9_000_000, 0.4), zone })),
    now,
  )
  const forecast = (model: string): GridHour => ({
    ...{ startAt: now + 3_600_000, renewableShare: 0.6, madeAt: now, model, source: 'file', restsOn: ['file'] },
    kind: 'forecast',
  })
  const issue = (task: IssueTask) => [...hourOf(task), ...(task.isQuick ? [] : [forecast(`${task.zone} forecast`)])]
  const modelsOf = (kept: GreennessKeeper, zone: string) => {
    const known = kept.hoursOf(zone)
    return 'hours' in known ? known.hours.map(({ model }) => model) : []
  }
  const first = keeperWith([], issue)
  for (const zone of ['IT', 'SARD']) {
    await soon(() => first.passes.length).toBe(1)
    first.passes.shift()?.()
    await soon(() => modelsOf(first.keeper, zone)).toEqual([`${zone} whole`, `${zone} forecast`])
  }
  await first.keeper.stop()

  const again = keeperWith([], issue)
  await again.keeper.ready
  expect(modelsOf(again.keeper, 'IT')).toEqual(['IT quick', 'IT forecast'])
  expect(modelsOf(again.keeper, 'SARD')).toEqual(['SARD whole', 'SARD forecast'])
  await again.finish()

  const later = keeperWith([], issue, now + 25 * 3_600_000)
  await later.keeper.ready
  expect(modelsOf(later.keeper, 'IT')).toEqual(['IT quick'])
  expect(modelsOf(later.keeper, 'SARD')).toEqual([])
  await later.finish()
})

test('where nothing can be issued a server listens all the same, and Italy is known of without an hour', async () => {
  const {
    keeper: kept,
    errors,
    passes,
  } = keeperWith([], () => {
    throw new Error('no thread')
  })
  await kept.ready
  expect(kept.hoursOf('IT')).toEqual({ zone: 'IT', hours: [] })
  await soon(() => passes.length).toBe(1)
  passes.shift()?.()
  await soon(() => errors.length).toBe(2)
})

test('a zone that cannot be issued costs the others nothing', async () => {
  const {
    keeper: kept,
    errors,
    passes,
  } = keeperWith(['NORD'], (task) => {
    if (task.zone === 'IT' && !task.isQuick) throw new Error('no figures')
    return hourOf(task)
  })
  for (let zone = 0; zone < 2; zone++) {
    await soon(() => passes.length).toBe(1)
    passes.shift()?.()
  }
  await soon(() => modelOf(kept, 'NORD')).toBe('NORD whole')
  expect([modelOf(kept, 'IT'), errors]).toEqual(['IT quick', [new Error('no figures')]])
})

test('a round reads no hours but those that it issues from, however many are stored', async () => {
  const old = Date.parse('2010-01-01T00:00:00Z')
  const hours = Array.from({ length: 3_000 }, (_, hour) => gridHour(old + hour * 3_600_000, 0.4))
  for (const zone of ['SARD', 'SUD'])
    await writeGridHours(
      db,
      hours.map((hour) => ({ ...hour, zone })),
      now,
    )
  const before = await gridHoursRead(db)
  const { passes } = keeperWith([])
  for (const _ of ['IT', 'SUD', 'SARD']) {
    await soon(() => passes.length).toBe(1)
    passes.shift()?.()
  }
  await keeper?.stop()
  expect((await gridHoursRead(db)) - before).toBeLessThan(3_000)
})

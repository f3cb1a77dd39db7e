/** Sources on a schedule, on both engines: what they say is stored once, what they cannot say is asked later, nobody waits. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { storeHours } from '../../src/app/grid-import.ts'
import { GridSchedule } from '../../src/app/grid-schedule.ts'
import type { GridEvent } from '../../src/energy/grid-hours.ts'
import { energyCharts, entsoe, type GridAdapter, type SourceQuestion } from '../../src/ingest/grid/index.ts'
import {
  claimGridFetch,
  type Database,
  gridFetches,
  gridHoldings,
  gridVersion,
  readGridHours,
  writeGridHours,
} from '../../src/store/index.ts'
import { openTestDatabase, pgliteEngine, postgresqlEngine, type TestEngine } from '../support/databases.ts'
import { gridHour, gridHours, gridHoursRead } from '../support/grid-hours.ts'
import { type GridSourceServer, goldenGrid, type SourceReply, startGridSource } from '../support/grid-source.ts'

type SourceEvents = Awaited<ReturnType<GridAdapter['read']>>

const minuteMs = 60_000
const start = Date.parse('2026-07-22T14:30:00Z')
const engines = [['pglite', async () => pgliteEngine()] as const, ['postgresql', postgresqlEngine] as const]

describe.each(engines)('on %s', (name, engineOf) => {
  let engine: TestEngine | undefined
  let db: Database
  let remove: () => Promise<void>
  let source: GridSourceServer | undefined
  let now = start

  beforeAll(async () => {
    engine = await engineOf()
  })
  afterAll(() => engine?.stop())
  afterEach(async () => {
    await source?.stop()
    await remove?.()
  })

  async function fresh(context: { skip: (note: string) => never }) {
    if (engine === undefined) return context.skip('no PostgreSQL server can be had here')
    const opened = await openTestDatabase(engine)
    db = opened.db
    remove = opened.remove
    now = start
  }

  async function scheduleOf(
    reply: (path: string, asked: URLSearchParams) => SourceReply,
    adapterAt: (url: string) => GridAdapter = energyCharts,
  ) {
    source = await startGridSource(({ url }) => reply(url.pathname, url.searchParams))
    const heard: string[] = []
    let stored = 0
    const context = (adapters: readonly GridAdapter[]) => ({
      db,
      clock: () => now,
      machineClock: () => now,
      adapters,
      zones: ['IT'],
      onHours: () => {
        stored++
      },
      onProblem: (problem: string) => heard.push(problem),
      pause: async () => {},
      timeoutMs: 500,
    })
    return { schedule: new GridSchedule(context([adapterAt(source.url)])), heard, stored: () => stored }
  }

  const golden = (path: string): SourceReply => ({
    body: goldenGrid(`energy-charts-${path === '/public_power' ? 'public-power' : 'share-forecast'}.synthetic.json`),
  })

  test('hours are stored, refusals are said, and the next time is half an hour away', async (context) => {
    await fresh(context)
    const { schedule, heard, stored } = await scheduleOf(golden)
    expect(await schedule.askDue()).toBe(1)
    expect(await gridHoldings(db)).toMatchObject([
      { zone: 'IT', kind: 'actual', source: 'energy-charts', hours: 1 },
      { zone: 'IT', kind: 'forecast', source: 'energy-charts', hours: 3 },
    ])
    expect([stored(), heard]).toEqual([1, ['energy-charts IT: 1 hours refused: hour_incomplete 1']])
    expect(await schedule.askDue()).toBe(0)
    now += 30 * minuteMs
    expect(await schedule.askDue()).toBe(1)
    expect(stored()).toBe(1)
  })

  test.skipIf(name === 'postgresql')('what is stored of a long past is not read to ask', async (context) => {
    await fresh(context)
    await writeGridHours(db, gridHours('2010-01-01T00:00:00Z', Array(3_000).fill(0.4)), now)
    const { schedule } = await scheduleOf(golden)
    const before = await gridHoursRead(db)
    expect(await schedule.askDue()).toBe(1)
    expect((await gridHoursRead(db)) - before).toBeLessThan(3_000)
  })

  test('failures put it off longer and longer, up to six hours, and a success ends that', async (context) => {
    await fresh(context)
    let reply: (path: string) => SourceReply = () => 503
    const { schedule } = await scheduleOf((path) => reply(path))
    const pausesMin: number[] = []
    for (let attempt = 0; attempt < 8; attempt++) {
      await schedule.askDue()
      const [fetch] = await gridFetches(db)
      pausesMin.push(((fetch?.nextAt ?? 0) - now) / minuteMs)
      now = fetch?.nextAt ?? now
    }
    expect(pausesMin).toEqual([5, 10, 20, 40, 80, 160, 320, 360])
    reply = golden
    await schedule.askDue()
    expect(await gridFetches(db)).toMatchObject([{ failures: 0, succeededAt: now, nextAt: now + 30 * minuteMs }])
  })

  test('one request of two that keeps failing does not hide that the other is answered, nor make it come late', async (context) => {
    await fresh(context)
    const { schedule, heard } = await scheduleOf((path) => (path === '/public_power' ? golden(path) : 503))
    const pausesMin: number[] = []
    for (let attempt = 0; attempt < 5; attempt++) {
      await schedule.askDue()
      const [fetch] = await gridFetches(db)
      expect(fetch).toMatchObject({ succeededAt: now, failures: attempt + 1, problem: 'The source fails (503).' })
      pausesMin.push(((fetch?.nextAt ?? 0) - now) / minuteMs)
      now = fetch?.nextAt ?? now
    }
    expect(pausesMin).toEqual([5, 10, 20, 30, 30])
    expect(heard).toHaveLength(5)
    expect(await gridHoldings(db)).toMatchObject([{ kind: 'actual', hours: 1 }])
  })

  test('a load that cannot be had for once stays as it was told before', async (context) => {
    await fresh(context)
    let isLoadAway = false
    const reply = (_: string, asked: URLSearchParams): SourceReply => {
      const document = `${asked.get('documentType')} ${asked.get('processType')}`
      if (document === 'A75 A16') return { body: goldenGrid('entsoe-a75-curves-resolutions-consumption.synthetic.xml') }
      if (document === 'A65 A16' && !isLoadAway) return { body: goldenGrid('entsoe-a65-load.synthetic.xml') }
      return document === 'A65 A16' ? 503 : { status: 400, body: goldenGrid('entsoe-no-data.synthetic.xml') }
    }
    const { schedule } = await scheduleOf(reply, (url) => entsoe('key', url))
    const stored = () => readGridHours(db, 'IT', start - 86_400_000, start, 'actual')
    await schedule.askDue()
    const before = await stored()
    expect(before.map(({ loadMw }) => loadMw)).not.toContain(null)
    isLoadAway = true
    now += 30 * minuteMs
    expect(await schedule.askDue()).toBe(1)
    expect(await stored()).toEqual(before)
  })

  test('an hour that was stored as the newest and is wrong beside the next is withdrawn; a corrected one stays', async (context) => {
    await fresh(context)
    const [first, leap, next] = gridHours('2026-07-22T08:00:00Z', [0.4, 0.6, 0.41])
    if (first === undefined || leap === undefined || next === undefined) throw new Error('three hours')
    const shares = async () =>
      (await readGridHours(db, 'IT', first.startAt, next.startAt + 1, 'actual')).map((hour) => hour.renewableShare)
    expect(await storeHours(db, [first, leap], now)).toMatchObject({ accepted: 2, withdrawn: 0, rejected: [] })
    const version = await gridVersion(db)
    const corrected = { ...leap, renewableShare: 0.405, windMw: null }
    expect(await storeHours(db, [{ ...leap, windMw: null }, next], now)).toMatchObject({
      withdrawn: 0,
      rejected: [{ code: 'spike' }],
    })
    expect(await storeHours(db, [next], now)).toMatchObject({ withdrawn: 1, rejected: [] })
    expect([await shares(), await gridVersion(db)]).toEqual([[0.4, 0.41], version + 2])
    expect(await storeHours(db, [first, corrected, next], now)).toMatchObject({ accepted: 1, withdrawn: 0 })
    expect(await shares()).toEqual([0.4, 0.405, 0.41])
  })

  test('a source that wants to be left alone is, as long as it wants', async (context) => {
    await fresh(context)
    const { schedule, heard } = await scheduleOf(() => ({ status: 429, headers: { 'retry-after': '7200' } }))
    await schedule.askDue()
    expect(await gridFetches(db)).toMatchObject([{ failures: 1, nextAt: start + 120 * minuteMs }])
    expect(heard).toEqual(['energy-charts IT: The source asks to be left alone (429).'])
    expect(source?.asked).toHaveLength(1)
  })

  test('a source that wants to be left alone for a year is asked again after a week', async (context) => {
    await fresh(context)
    const { schedule } = await scheduleOf(() => ({ status: 429, headers: { 'retry-after': '31536000' } }))
    await schedule.askDue()
    expect(await gridFetches(db)).toMatchObject([{ nextAt: start + 7 * 24 * 60 * minuteMs }])
  })

  test('a source that refuses the key is asked again in six hours', async (context) => {
    await fresh(context)
    const { schedule } = await scheduleOf(() => 401)
    await schedule.askDue()
    expect(await gridFetches(db)).toMatchObject([{ failures: 1, nextAt: start + 360 * minuteMs }])
  })

  /** A schedule of one source that answers what a test has it answer, and what it was asked. */
  async function answering(answer: () => Partial<SourceEvents>) {
    const asked: (readonly string[])[] = []
    const read = async (question: SourceQuestion): Promise<SourceEvents> => {
      asked.push([question.fromAt, question.toAt].map((at) => new Date(at).toISOString().slice(0, 16)))
      return { events: [], rejected: [], ...answer() }
    }
    return { ...(await scheduleOf(golden, (url) => ({ ...energyCharts(url), read }))), asked }
  }
  const told = (at: string, extras: Partial<GridEvent> = {}) =>
    gridHour(at, 0.4, { source: 'energy-charts', renewableShareOfLoad: null, ...extras })

  test('a source is asked for two weeks at first, then for what is new since it told any, two days at least, and always for tomorrow', async (context) => {
    await fresh(context)
    const { schedule, asked } = await answering(() => ({ events: [told('2026-07-22T10:00:00Z')] }))
    for (const days of [0, 1, 10, 30]) {
      now = start + days * 24 * 60 * minuteMs
      // What another source has told says nothing of this one.
      await writeGridHours(db, [gridHour(now - 90 * minuteMs, 0.4)], now)
      expect(await schedule.askDue()).toBe(1)
    }
    expect(asked).toEqual([
      ['2026-07-08T14:00', '2026-07-23T22:00'],
      ['2026-07-21T14:00', '2026-07-24T22:00'],
      ['2026-07-22T10:00', '2026-08-02T22:00'],
      ['2026-08-07T14:00', '2026-08-22T22:00'],
    ])
  })

  test('who shows hours hears of one that is corrected, and nothing where all is as before', async (context) => {
    await fresh(context)
    let hour = told('2026-07-22T10:00:00Z')
    const { schedule, stored } = await answering(() => ({ events: [hour] }))
    const heard: number[] = []
    for (const loadMw of [33_000, 33_000, 34_000]) {
      hour = { ...hour, loadMw }
      await schedule.askDue()
      heard.push(stored())
      now += 30 * minuteMs
    }
    expect(heard).toEqual([1, 1, 2])
  })

  test('what an answer in part leaves out stays as the same source told it, and shares follow what it has; a whole answer takes it back', async (context) => {
    await fresh(context)
    let answer: Partial<SourceEvents> = {}
    const { schedule } = await answering(() => answer)
    const figures = (generationMw: number, renewableShare: number) => {
      const renewableMw = renewableShare * generationMw
      const parts = { solarMw: 0.5 * renewableMw, windMw: 0.2 * renewableMw, otherRenewableMw: 0.3 * renewableMw }
      return { generationMw, renewableShare, ...parts }
    }
    const afterAnswer = async (
      at: string,
      isPartial: boolean,
      toldBy: 'energy-charts' | 'entsoe' = 'energy-charts',
    ) => {
      const before = told(at, { ...figures(30_000, 0.4), loadMw: 40_000, renewableShareOfLoad: 0.3 })
      await writeGridHours(db, [{ ...before, source: toldBy }], now)
      answer = { events: [told(at, { ...figures(32_000, 0.5), loadMw: null })], isPartial }
      expect(await schedule.askDue()).toBe(1)
      now += 30 * minuteMs
      const hours = await readGridHours(db, 'IT', Date.parse(at), Date.parse(at) + 1, 'actual')
      const own = hours.find(({ source }) => source === 'energy-charts')
      return [own?.generationMw, own?.loadMw, own?.renewableShareOfLoad]
    }
    expect(await afterAnswer('2026-07-22T10:00:00Z', true)).toEqual([32_000, 40_000, 0.4])
    expect(await afterAnswer('2026-07-22T07:00:00Z', false)).toEqual([32_000, null, null])
    expect(await afterAnswer('2026-07-22T04:00:00Z', true, 'entsoe')).toEqual([32_000, null, null])
  })

  test('one of two servers asks; a claim that died runs out', async (context) => {
    await fresh(context)
    const key = { source: 'entsoe', zone: 'IT' } as const
    const claims = await Promise.all([1, 2].map(() => claimGridFetch(db, key, now, now + 15 * minuteMs)))
    expect(claims.filter((claim) => claim !== undefined)).toEqual([{ failures: 0 }])
    expect(await claimGridFetch(db, key, now + 15 * minuteMs, now + 30 * minuteMs)).toEqual({ failures: 0 })
  })

  test('a clock that was ahead holds no source up; a pause of days that a source asked for is kept', async (context) => {
    await fresh(context)
    let reply: (path: string) => SourceReply = golden
    const { schedule } = await scheduleOf((path) => reply(path))
    now += 3 * 365 * 24 * 60 * minuteMs
    expect(await schedule.askDue()).toBe(1)
    now = start
    reply = () => ({ status: 429, headers: { 'retry-after': '259200' } })
    expect(await schedule.askDue()).toBe(1)
    now += 15_000
    expect(await schedule.askDue()).toBe(0)
    expect(await gridFetches(db)).toMatchObject([{ triedAt: start, nextAt: start + 3 * 24 * 60 * minuteMs }])
  })

  test('an hour that comes again changes nothing, one with other figures replaces, and the version tells', async (context) => {
    await fresh(context)
    const hour = gridHour('2026-07-22T10:00:00Z', 0.4)
    expect(await writeGridHours(db, [hour], now)).toEqual({ accepted: 1, replaced: 0, duplicates: 0 })
    const version = await gridVersion(db)
    expect(await writeGridHours(db, [hour], now)).toEqual({ accepted: 0, replaced: 0, duplicates: 1 })
    expect(await gridVersion(db)).toBe(version)
    expect(await writeGridHours(db, [{ ...hour, windMw: null }], now)).toEqual({
      accepted: 0,
      replaced: 1,
      duplicates: 0,
    })
    expect(await gridVersion(db)).toBe(version + 1)
    const { durationS: _, ...stored } = { ...hour, windMw: null }
    expect(await readGridHours(db, 'IT', hour.startAt, hour.startAt + 1, 'actual')).toEqual([stored])
    expect(await readGridHours(db, 'IT', hour.startAt, hour.startAt + 1, 'forecast')).toEqual([])
  })
})

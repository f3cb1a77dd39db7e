/** `GET /accounts/{account_number}/export`: everything that is held of a home, as NDJSON. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { AnalysedDay } from '../../energy/analysis.ts'
import { formatInstant } from '../../energy/civil-time.ts'
import type { Reading } from '../../energy/readings.ts'
import { decodeAnalysedDay } from '../../store/codec/index.ts'
import { type Account, type Device, exportAccount, listDevices } from '../../store/index.ts'
import { accountOnWire } from '../account-schemas.ts'
import type { ApiDeps } from '../deps.ts'
import { accountOf, accountParams, accountProblems, type Route } from '../route.ts'

const mediaType = 'application/x-ndjson'

/** The route. */
export const accountsExport: Route = (app, deps) => {
  app.get(
    '/accounts/:account_number/export',
    {
      config: { produces: [mediaType] },
      schema: {
        operationId: 'exportAccount',
        summary: 'Export everything held of an account',
        description:
          'One JSON object a line, each with a `type`: `account` first, then its `device`s, then `reading`s and analysed `day`s by time, `end` last with the number of lines before it. Without `end` the export broke off.',
        tags: ['Accounts'],
        params: accountParams,
        response: {
          200: {
            description: 'The export.',
            content: {
              [mediaType]: {
                schema: Type.Unsafe<Readable>({
                  type: 'string',
                  examples: [
                    '{"type":"account","pod":"IT001E12345678","account_number":"1234567890","company_code":"ACME","closed_on":null}\n{"type":"reading","at":"2026-11-23T17:03:00Z","power_w":532,"hold_s":300,"quality":"measured","source":"api"}\n{"type":"end","lines":2}\n',
                  ],
                }),
              },
            },
          },
          ...accountProblems(),
        },
      },
    },
    async (request, reply) => {
      const account = await accountOf(request, deps)
      return reply.type(mediaType).send(Readable.from(textOf(deps, account), { objectMode: false }))
    },
  )
}

async function* textOf({ db }: ApiDeps, account: Account): AsyncGenerator<string> {
  let lines = 1
  yield line({
    type: 'account',
    ...accountOnWire(account),
    time_zone: account.timeZone,
    onboarding: account.onboarding,
  })
  for (const device of await listDevices(db, account)) {
    lines++
    yield line(deviceOnWire(device))
  }
  for await (const piece of exportAccount(db, account)) {
    const objects =
      piece.type === 'readings' ? piece.readings.map(readingOnWire) : [dayOnWire(decodeAnalysedDay(piece.day))]
    lines += objects.length
    yield objects.map(line).join('')
  }
  yield line({ type: 'end', lines })
}

function line(object: object): string {
  return `${JSON.stringify(object)}\n`
}

/** A device without what its password was hashed to. */
function deviceOnWire({ id, kind, name, topic, channels, sign, holdS, clockToleranceS, createdAt }: Device): object {
  return {
    type: 'device',
    device_id: id,
    kind,
    name,
    topic,
    channels,
    sign,
    hold_s: holdS,
    clock_tolerance_s: clockToleranceS,
    created_at: formatInstant(createdAt),
  }
}

const valueNames = { power: 'power_w', energy: 'energy_wh', register: 'register_wh' } as const
const spanNames = { power: 'hold_s', energy: 'interval_s', register: 'max_gap_s' } as const

function readingOnWire({ kind, channel, at, value, spanS, quality, source }: Reading): object {
  const name = `${valueNames[kind]}${channel === 'export' ? '_export' : ''}`
  return { type: 'reading', at: formatInstant(at), [name]: value, [spanNames[kind]]: spanS, quality, source }
}

function dayOnWire({ totals, curve, columns, runs, confidence, model }: AnalysedDay): object {
  const powerOf = (powerW: ArrayLike<number>) =>
    Array.from(powerW, (value, slot) => (curve.measured[slot] === 1 ? Math.round(value * 10) / 10 : null))
  return {
    type: 'day',
    day: totals.day,
    slot_s: totals.slotS,
    measured_s: totals.measuredS,
    total_wh: totals.totalWh,
    band_wh: totals.bandWh,
    appliance_wh: totals.applianceWh,
    confidence,
    model,
    runs: runs.map((run) => ({
      appliance: run.appliance,
      start: formatInstant(run.startAt),
      stop: formatInstant(run.stopAt),
      energy_wh: run.energyWh,
    })),
    start: formatInstant(curve.startAt),
    power_w: powerOf(curve.powerW),
    appliance_power_w: Object.fromEntries([...columns].map(([appliance, powerW]) => [appliance, powerOf(powerW)])),
  }
}

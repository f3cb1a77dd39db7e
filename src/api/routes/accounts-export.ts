/** `GET /accounts/{account_number}/export`: everything that is held of a home, as NDJSON. */
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import type { AnalysedDay } from '../../energy/analysis.ts'
import { type EpochMs, formatInstant } from '../../energy/civil-time.ts'
import type { Reading } from '../../energy/readings.ts'
import { instantOrNull } from '../../insight/answers.ts'
import { decodeAnalysedDay } from '../../store/codec/index.ts'
import { type Account, type ExportedPiece, exportAccount, type PeerHome } from '../../store/index.ts'
import { accountOnWire } from '../account-schemas.ts'
import type { ApiDeps } from '../deps.ts'
import { accountOf, accountParams, accountProblems, type Route } from '../route.ts'
import { devicesOf } from './devices.ts'

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
          'One JSON object a line, each with a `type`: `account` first, then its `device`s, the `peer` as which other homes are compared with this one, then `reading`s by local day, channel and kind, then analysed `day`s by time, `end` last with the number of lines before it. Without `end` the export broke off. A reading that was not on a whole second has `at_ms` beside `at`: by so many milliseconds it was later. The lines are no body of readings; to send one again, take its instant (both together, such as `2026-11-23T17:03:00.250Z`) and its value, with `interval_s` or `max_gap_s` where it has one; `hold_s` is sent as `interval_s`. No password and no hash of one is in it.',
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
                    '{"type":"account","pod":"IT001E12345678","account_number":"1234567890","company_code":"ACME","pod_from":null,"closed_on":null,"time_zone":"Europe/Rome","registered_at":"2025-10-02T08:15:30Z","onboarding":null,"onboarded_at":null}\n{"type":"reading","at":"2026-11-23T17:03:00Z","power_w":532,"hold_s":300,"quality":"measured","source":"api"}\n{"type":"end","lines":2}\n',
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

async function* textOf(deps: ApiDeps, account: Account): AsyncGenerator<string> {
  let lines = 1
  yield line({
    type: 'account',
    ...accountOnWire(account),
    time_zone: account.timeZone,
    registered_at: formatInstant(account.openedAt),
    onboarding: account.onboarding,
    onboarded_at: instantOrNull(account.onboardedAt),
  })
  for (const { device, shown } of await devicesOf(deps, account)) {
    lines++
    yield line({ type: 'device', ...shown, memory: device.memory })
  }
  for await (const piece of exportAccount(deps.db, account)) {
    const objects = objectsOf(piece)
    lines += objects.length
    yield objects.map(line).join('')
  }
  yield line({ type: 'end', lines })
}

function line(object: object): string {
  return `${JSON.stringify(object)}\n`
}

function objectsOf(piece: ExportedPiece): object[] {
  if (piece.type === 'peer') return [peerOnWire(piece.home)]
  if (piece.type === 'readings') return piece.readings.map(readingOnWire)
  return [dayOnWire(decodeAnalysedDay(piece.day), piece.analysedAt)]
}

function peerOnWire({ features, use }: PeerHome): object {
  const appliances = Object.entries(use.appliances).map(([appliance, { usages, totalWh }]) => [
    appliance,
    { usages, total_wh: totalWh },
  ])
  return {
    type: 'peer',
    house_type: features.houseType,
    size_band: features.sizeBand,
    residents_band: features.residentsBand,
    electric_heating: features.electricHeating,
    electric_cooling: features.electricCooling,
    electric_vehicle: features.electricVehicle,
    province: features.province,
    climate_zone: features.climateZone,
    elapsed_s: use.elapsedS,
    measured_s: use.measuredS,
    total_wh: use.totalWh,
    appliances: Object.fromEntries(appliances),
  }
}

const valueNames = { power: 'power_w', energy: 'energy_wh', register: 'register_wh' } as const
const spanNames = { power: 'hold_s', energy: 'interval_s', register: 'max_gap_s' } as const

function readingOnWire({ kind, channel, at, value, spanS, quality, source }: Reading): object {
  const name = `${valueNames[kind]}${channel === 'export' ? '_export' : ''}`
  const atMs = at % 1000
  const beside = atMs === 0 ? {} : { at_ms: atMs }
  return { type: 'reading', at: formatInstant(at), ...beside, [name]: value, [spanNames[kind]]: spanS, quality, source }
}

function dayOnWire(
  { totals, curve, columns, runs, hours, confidence, model }: AnalysedDay,
  analysedAt: EpochMs,
): object {
  const powerOf = (powerW: ArrayLike<number>) =>
    Array.from(powerW, (value, slot) => (curve.measured[slot] === 1 ? Math.round(value * 10) / 10 : null))
  return {
    type: 'day',
    day: totals.day,
    slot_s: totals.slotS,
    told_slot_s: totals.toldSlotS,
    elapsed_s: totals.elapsedS,
    measured_s: totals.measuredS,
    total_wh: totals.totalWh,
    band_wh: totals.bandWh,
    appliance_wh: totals.applianceWh,
    confidence,
    model,
    analysed_at: formatInstant(analysedAt),
    runs: runs.map((run) => ({
      appliance: run.appliance,
      start: formatInstant(run.startAt),
      stop: formatInstant(run.stopAt),
      energy_wh: run.energyWh,
    })),
    hours: hours.map((one) => ({
      start: formatInstant(one.startAt),
      hour: one.hour,
      band: one.band,
      measured_s: one.measuredS,
      total_wh: one.totalWh,
      appliance_wh: one.applianceWh,
    })),
    start: formatInstant(curve.startAt),
    power_w: powerOf(curve.powerW),
    appliance_power_w: Object.fromEntries([...columns].map(([appliance, powerW]) => [appliance, powerOf(powerW)])),
  }
}

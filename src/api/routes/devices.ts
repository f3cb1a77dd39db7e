/** `POST`, `GET` and `DELETE /accounts/{account_number}/devices`: live meters. */
import { type Static, Type } from 'typebox'
import { formatInstant } from '../../energy/civil-time.ts'
import { adapterOf, isClockWrong, isReservedRoot } from '../../ingest/devices/index.ts'
import { rootOfFilter } from '../../ingest/mqtt/index.ts'
import {
  type Account,
  type Device,
  type DeviceDescription,
  type DeviceHealth,
  deleteDevice,
  deviceHealth,
  devicesPerAccountMax,
  listDevices,
  newDeviceId,
  registerDevice,
} from '../../store/index.ts'
import { hashSecret, newSecret } from '../auth/secrets.ts'
import type { ApiDeps } from '../deps.ts'
import { deviceBody, deviceParam, deviceSchema, exampleDevice, registeredDeviceSchema } from '../device-schemas.ts'
import { type InputError, invalidInput, problem } from '../problems.ts'
import {
  type Api,
  accountOf,
  accountParams,
  accountProblems,
  bodyProblems,
  envelope,
  type Route,
  success,
} from '../route.ts'
import { accountNumber, closed } from '../schemas.ts'

const list = closed({ devices: Type.Array(deviceSchema, { description: 'Oldest first.' }) })

const deviceParams = closed(
  { account_number: accountNumber, device_id: deviceParam },
  { examples: [{ account_number: '1234567890', device_id: exampleDevice.device_id }] },
)

const deleted = closed({
  device_id: deviceParam,
  deleted: Type.Literal(true, { description: 'The device may publish no more; what it measured stays.' }),
})

const defaultClockToleranceS = 300

const reservedTopics =
  'None may have a place that devices of all clients publish under: `loadlens` and what lies under it, where the server gives a topic to devices that name none, and `shellies`, `tele`, `stat`, `zigbee2mqtt` and `spBv1.0` themselves.'

/** The routes. */
export const devices: Route = (app, deps) => {
  register(app, deps)
  app.get(
    '/accounts/:account_number/devices',
    {
      schema: {
        operationId: 'listDevices',
        summary: 'List the live devices',
        description: "The home's live meters and how they do.",
        tags: ['Devices'],
        params: accountParams,
        response: { 200: envelope(list, { devices: [exampleDevice] }), ...accountProblems() },
      },
    },
    async (request) => {
      const found = await devicesOf(deps, await accountOf(request, deps))
      return success({ devices: found.map(({ shown }) => shown) })
    },
  )
  app.delete(
    '/accounts/:account_number/devices/:device_id',
    {
      schema: {
        operationId: 'deleteDevice',
        summary: 'Delete a live device',
        description: 'Its credentials end at once; its readings stay.',
        tags: ['Devices'],
        params: deviceParams,
        response: {
          200: envelope(deleted, { device_id: exampleDevice.device_id, deleted: true }),
          ...accountProblems('device_not_found'),
        },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      const { device_id: id } = request.params
      if (!(await deleteDevice(deps.db, account, id))) throw problem('device_not_found')
      await deps.doors.changed()
      return success({ device_id: id, deleted: true as const })
    },
  )
}

function register(app: Api, deps: ApiDeps): void {
  app.post(
    '/accounts/:account_number/devices',
    {
      schema: {
        operationId: 'registerDevice',
        summary: 'Register a live device',
        description: `Ties a meter that speaks MQTT to the account. Its messages become readings, acknowledged once they are durable. At most ${devicesPerAccountMax} per account. A topic, with what lies above and under it, belongs to the devices of one client. ${reservedTopics}`,
        tags: ['Devices'],
        params: accountParams,
        body: deviceBody,
        response: {
          200: envelope(registeredDeviceSchema, {
            ...exampleDevice,
            mqtt: {
              host: 'energy.example',
              port: 8883,
              tls: true,
              username: exampleDevice.device_id,
              password: 'told this once',
            },
          }),
          ...accountProblems(...bodyProblems, 'topic_in_use', 'too_many_devices'),
        },
      },
    },
    async (request) => {
      const account = await accountOf(request, deps)
      const id = newDeviceId()
      const description = descriptionOf(request.body, id)
      const roots = topicsOf(description, account).map(rootOfFilter)
      if (request.body.topic !== undefined && roots.some(isReservedRoot))
        throw invalidInput([fault('/topic', 'value_reserved', reservedTopics)])
      const password = newSecret()
      const secretHash = await hashSecret(password)
      const device = await registerDevice(deps.db, account, { id, description, roots, secretHash, now: deps.clock() })
      if (typeof device === 'string') throw problem(device)
      await deps.doors.changed()
      const healthOf = await deviceHealth(deps.db, account, deps.clock())
      const { host = null, port = null, tls = false } = deps.doors.broker ?? {}
      return success({
        ...onWire(device, account, healthOf(id)),
        mqtt: { host, port, tls, username: id, password },
      })
    },
  )
}

/** What a body says of a device. @throws {ApiProblem} naming what does not fit its kind */
function descriptionOf(body: Static<typeof deviceBody>, id: string): DeviceDescription {
  const adapter = adapterOf(body.kind)
  if (adapter === undefined) throw invalidInput([fault('/kind', 'value_not_allowed', 'is no kind of device')])
  const given = body.topic ?? (adapter.kind === 'json' ? `loadlens/${id}` : undefined)
  if (given === undefined) throw invalidInput([fault('/topic', 'field_missing', adapter.topicIs)])
  const topic = adapter.topicOf(given)
  if (topic === undefined) throw invalidInput([fault('/topic', 'format_invalid', `${adapter.topicIs} No wildcards.`)])
  const channels = body.channels ?? adapter.defaultChannels
  const strange = channels.findIndex((channel) => adapter.isChannel?.(channel) === false)
  if (strange >= 0) throw invalidInput([fault(`/channels/${strange}`, 'format_invalid', adapter.channelsAre)])
  return {
    kind: adapter.kind,
    name: body.name ?? null,
    topic,
    channels,
    sign: body.sign ?? 1,
    holdS: body.hold_s ?? adapter.defaultHoldS,
    clockToleranceS: body.clock_tolerance_s ?? defaultClockToleranceS,
  }
}

function fault(pointer: string, code: InputError['code'], detail: string): InputError {
  return { pointer, in: 'body', code, detail }
}

function topicsOf({ kind, topic, channels }: DeviceDescription, { timeZone }: Account): readonly string[] {
  return adapterOf(kind)?.filters({ topic, channels, timeZone }) ?? []
}

/** The account's devices, oldest first, and what is shown of each and how it does. */
export async function devicesOf(
  { db, clock, doors }: ApiDeps,
  account: Account,
): Promise<{ device: Device; shown: Static<typeof deviceSchema> }[]> {
  await doors.flushHealth()
  const found = await listDevices(db, account)
  const healthOf = await deviceHealth(db, account, clock())
  return found.map((device) => ({ device, shown: onWire(device, account, healthOf(device.id)) }))
}

function onWire(device: Device, account: Account, health: DeviceHealth): Static<typeof deviceSchema> {
  const { lastSeenAt, messages, messagesPerMinute, readings, rejections, clockOffsetS } = health
  const adapter = adapterOf(device.kind)
  return {
    device_id: device.id,
    kind: device.kind,
    name: device.name,
    topic: device.topic,
    channels: [...device.channels],
    sign: device.sign,
    hold_s: device.holdS,
    clock_tolerance_s: device.clockToleranceS,
    created_at: formatInstant(device.createdAt),
    topics: [...topicsOf(device, account)],
    health: {
      last_seen_at: lastSeenAt === null ? null : formatInstant(lastSeenAt),
      messages,
      messages_per_minute: Math.round(messagesPerMinute * 10) / 10,
      readings,
      rejections: Object.entries(rejections).map(([code, count]) => ({ code, count })),
      clock_offset_s: clockOffsetS,
      clock_wrong:
        clockOffsetS !== null && adapter !== undefined && isClockWrong(adapter, clockOffsetS, device.clockToleranceS),
    },
  }
}

/** Schemas of live devices. */
import { type Static, Type } from 'typebox'
import { deviceAdapters, mayTellOld, messageRejections } from '../ingest/devices/index.ts'
import { closed, instant, nullable, oneOf, whole } from './schemas.ts'

const kinds = deviceAdapters.map(({ kind }) => kind)
const kindsThatMayBeOld = deviceAdapters
  .filter(mayTellOld)
  .map(({ kind }) => `\`${kind}\``)
  .join(', ')

const kind = oneOf(kinds, {
  description: `The kind of device. ${deviceAdapters.map((one) => `\`${one.kind}\`: ${one.title}.`).join(' ')} New kinds may be added.`,
})

const name = Type.String({ minLength: 1, maxLength: 100, description: 'A name for people.' })

const topicText = `The MQTT topic that the device publishes under. ${deviceAdapters
  .map((one) => `\`${one.kind}\`: ${one.topicIs}`)
  .join(' ')}`

const channelsText = `Which of the device's channels (or phases) are this home's; several are added up. ${deviceAdapters
  .map((one) => `\`${one.kind}\`: ${one.channelsAre}`)
  .join(' ')}`

const channels = Type.Array(Type.String({ minLength: 1, maxLength: 64, description: 'A channel.' }), {
  minItems: 1,
  maxItems: 12,
  uniqueItems: true,
  description: channelsText,
})

const sign = Type.Union([Type.Literal(1), Type.Literal(-1)], {
  description:
    '1: positive power is drawn from the grid, negative is injected. −1: the sensor is mounted the other way round.',
})

const holdS = Type.Integer({
  minimum: 1,
  maximum: 3600,
  description:
    'How long a power holds where nothing newer comes [s]: longer for meters that only speak when it changes.',
})

const clockToleranceS = Type.Integer({
  minimum: 1,
  maximum: 86_400,
  description: "How far the device's clock may be off before it is called wrong [s].",
})

/** The body of a registration. */
export const deviceBody = closed(
  {
    kind,
    name: Type.Optional(name),
    topic: Type.Optional(Type.String({ minLength: 1, maxLength: 256, description: topicText })),
    channels: Type.Optional(channels),
    sign: Type.Optional(sign),
    hold_s: Type.Optional(holdS),
    clock_tolerance_s: Type.Optional(clockToleranceS),
  },
  { examples: [{ kind: 'json', name: 'Meter cupboard' }] },
)

const rejection = closed({
  code: oneOf(Object.keys(messageRejections), { description: 'Stable code; `docs/errors.md` lists all.' }),
  count: whole('How often.'),
})

const health = closed(
  {
    last_seen_at: nullable(
      instant("When its newest message arrived; `null` before the first, and where the server's clock was ahead then."),
    ),
    messages: whole('Messages so far.'),
    messages_per_minute: Type.Number({ minimum: 0, description: 'Messages per minute over the last ten minutes.' }),
    readings: whole('Readings made of them.'),
    rejections: Type.Array(rejection, { description: 'What was rejected, by code.' }),
    clock_offset_s: nullable(
      Type.Integer({
        description: "How far its clock was ahead of the server's in its newest message that told a time [s].",
      }),
    ),
    clock_wrong: Type.Boolean({
      description: `Whether the clock is off by more than \`clock_tolerance_s\`; of kinds whose rows may come late or again (${kindsThatMayBeOld}), only where it is ahead.`,
    }),
  },
  { description: 'How the device does; some seconds old where several servers share the work.' },
)

const deviceId = Type.String({
  pattern: '^dev-[0-9a-z]{20}$',
  description: 'The id of the device; also its MQTT user name.',
})

/** `{device_id}` in the path. */
export const deviceParam = deviceId

/** A device in a list. */
export const deviceSchema = closed({
  device_id: deviceId,
  kind,
  name: nullable(name),
  topic: Type.String({ description: topicText }),
  channels,
  sign,
  hold_s: holdS,
  clock_tolerance_s: clockToleranceS,
  created_at: instant('When it was registered.'),
  topics: Type.Array(Type.String(), { description: 'The topics, or subtrees (`/#`), whose messages are heard.' }),
  health,
})

/** A device as its registration answers it: the one time that its password is told. */
export const registeredDeviceSchema = closed({
  ...deviceSchema.properties,
  mqtt: closed(
    {
      host: nullable(
        Type.String({
          description:
            'Where the embedded broker is reached (LOADLENS_MQTT_LISTEN); `null` where it is closed. Where it listens everywhere, the host of LOADLENS_PUBLIC_URL, or else the name of the machine.',
        }),
      ),
      port: nullable(Type.Integer({ minimum: 1, maximum: 65_535, description: 'Its port.' })),
      tls: Type.Boolean({ description: 'Whether it takes connections by TLS, and only those.' }),
      username: Type.String({ description: 'The MQTT user name: the `device_id`.' }),
      password: Type.String({ description: 'The MQTT password. It is told this once and kept only as a hash.' }),
    },
    { description: 'How the device connects to the embedded broker. On another broker, its own credentials count.' },
  ),
})

/** A device as the examples show it. */
export const exampleDevice: Static<typeof deviceSchema> = {
  device_id: 'dev-5n3k8q2w7r1t9v4x6z0c',
  kind: 'json',
  name: 'Meter cupboard',
  topic: 'loadlens/dev-5n3k8q2w7r1t9v4x6z0c',
  channels: ['main'],
  sign: 1,
  hold_s: 300,
  clock_tolerance_s: 300,
  created_at: '2026-11-24T15:00:00Z',
  topics: ['loadlens/dev-5n3k8q2w7r1t9v4x6z0c'],
  health: {
    last_seen_at: '2026-11-24T15:12:31Z',
    messages: 74,
    messages_per_minute: 6,
    readings: 73,
    rejections: [{ code: 'value_not_a_number', count: 1 }],
    clock_offset_s: 0,
    clock_wrong: false,
  },
}

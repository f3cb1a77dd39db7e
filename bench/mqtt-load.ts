/**
 * The load of `live-meters.ts`, in a process of its own: many devices on connections of their own, each with some
 * messages under way. Packets are made by `mqtt-packet` and sent as they are: the load must cost less than what it
 * measures. Prints a line when
 * all are connected, and one of JSON when every message is acknowledged.
 *
 * node bench/mqtt-load.ts '{"port": …, "devices": [{"username", "password", "topic"}], "messages": …, "underWay": …}'
 */
import { connect } from 'node:net'
import { generate, parser } from 'mqtt-packet'

interface Load {
  readonly port: number
  readonly devices: readonly { readonly username: string; readonly password: string; readonly topic: string }[]
  /** Messages of each device. */
  readonly messages: number
  /** Unacknowledged messages of each device at most. */
  readonly underWay: number
  /** Instant of the first message of each device, and the time between two [ms]. */
  readonly startAt: number
  readonly stepMs: number
}

const load = JSON.parse(process.argv[2] ?? '') as Load

/** Connects a device; the function that comes back sends all of its messages. */
function connectDevice({ username, password, topic }: Load['devices'][number]): Promise<() => Promise<void>> {
  const socket = connect(load.port, '127.0.0.1')
  socket.setNoDelay(true)
  const packets = parser()
  socket.on('data', (bytes) => packets.parse(Buffer.from(bytes)))
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    packets.on('packet', ({ cmd }) => {
      if (cmd === 'connack') resolve(() => sendAll(socket, packets, topic))
    })
    const clientId = username.slice(-20)
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId,
        keepalive: 0,
        username,
        password: Buffer.from(password),
      }),
    )
  })
}

function sendAll(socket: ReturnType<typeof connect>, packets: ReturnType<typeof parser>, topic: string): Promise<void> {
  let sent = 0
  let acknowledged = 0
  const sendSome = () => {
    const parts: Buffer[] = []
    while (sent < load.messages && sent - acknowledged < load.underWay) {
      const at = new Date(load.startAt + sent * load.stepMs).toISOString()
      const payload = `{"at":"${at}","power_w":${100 + ((sent * 7919) % 3000)}}`
      parts.push(
        generate({
          cmd: 'publish',
          topic,
          payload,
          qos: 1,
          messageId: (sent++ % 65_535) + 1,
          retain: false,
          dup: false,
        }),
      )
    }
    if (parts.length > 0) socket.write(Buffer.concat(parts))
  }
  return new Promise((resolve, reject) => {
    socket.on('close', () => reject(new Error(`closed after ${acknowledged} acknowledgements`)))
    let isDue = false
    packets.on('packet', ({ cmd }) => {
      if (cmd !== 'puback') return
      acknowledged++
      if (acknowledged === load.messages) {
        socket.removeAllListeners('close')
        socket.end()
        resolve()
      } else if (!isDue) {
        isDue = true
        setImmediate(() => {
          isDue = false
          sendSome()
        })
      }
    })
    sendSome()
  })
}

const senders = await Promise.all(load.devices.map(connectDevice))
process.stdout.write('connected\n')
const cpuBefore = process.cpuUsage()
const startedAt = performance.now()
await Promise.all(senders.map((send) => send()))
const durationS = (performance.now() - startedAt) / 1000
const cpu = process.cpuUsage(cpuBefore)
process.stdout.write(`${JSON.stringify({ durationS, cpuS: (cpu.user + cpu.system) / 1e6 })}\n`)

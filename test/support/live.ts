/** Live meters in tests: a device of an account, and a connection as that device. */
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt'
import { pause, type TestServer } from './test-server.ts'

/** A registered device, as the API answered it. */
export interface RegisteredDevice {
  readonly device_id: string
  readonly topic: string
  readonly topics: readonly string[]
  readonly mqtt: {
    readonly host: string
    readonly port: number
    readonly tls: boolean
    readonly username: string
    readonly password: string
  }
}

/** Registers a device of the retailer's account. */
export async function registerDevice(
  server: TestServer,
  accountNumber: string,
  body: Readonly<Record<string, unknown>>,
): Promise<RegisteredDevice> {
  return await server.post(`/accounts/${accountNumber}/devices`, body)
}

/** Connects to the embedded broker as a device. */
export async function connectAs({ mqtt }: RegisteredDevice, options: IClientOptions = {}): Promise<MqttClient> {
  return await connectAsync(`${mqtt.tls ? 'mqtts' : 'mqtt'}://127.0.0.1:${mqtt.port}`, {
    username: mqtt.username,
    password: mqtt.password,
    reconnectPeriod: 0,
    ...options,
  })
}

/** Waits until something holds, asked for again and again. */
export async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask()
    if (holds(answer)) return answer
    if (attempt > 400) throw new Error(`it never came to hold; last seen: ${JSON.stringify(answer)}`)
    await pause(25)
  }
}

/** `loadlens serve`. */
import { readConfiguration } from '../configuration.ts'
import { startEngine, startServer, stopEngine, untilStopped } from '../server.ts'
import { say } from '../terminal.ts'

/** Serves until stopped. */
export async function serve(): Promise<void> {
  const engine = await startEngine(readConfiguration(process.env))
  try {
    const server = await startServer(engine)
    say(`Loadlens answers on ${server.address} (description: ${server.address}/docs). Stop it with Ctrl+C.`)
    if (server.mqttAddress !== undefined) say(`Meters connect to ${server.mqttAddress}.`)
    await untilStopped(server.stop, () => say('Finishing what is under way …'))
  } finally {
    await stopEngine(engine)
  }
}

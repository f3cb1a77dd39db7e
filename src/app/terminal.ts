/** What commands say to people: results on stdout, everything else on stderr, so that a pipe gets results alone. */
import progress, { type GenericFormatter } from 'cli-progress'

/** A refusal that a person can act on; the command prints its message, where it has one, and exits with `exitCode`. */
export class CommandRefusal extends Error {
  override readonly name = 'CommandRefusal'
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** The exit code of SIGPIPE. */
const nobodyReadsCode = 141

/** Nobody reads on what a command writes into a pipe: it ends as `endWhereOutputFails` ends it. */
export class NobodyReads extends CommandRefusal {
  constructor() {
    super('', nobodyReadsCode)
  }
}

/**
 * Ends the process where what it prints goes nowhere: where nobody reads on (`| head`) without a word and with the exit code of
 * SIGPIPE, as command line tools do; where it cannot be written (`> file` on a full disk) with a sentence.
 */
export function endWhereOutputFails(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(nobodyReadsCode)
      // Where it is stderr, nobody hears of it.
      say(`loadlens: Standard output cannot be written (${error.code}).`)
      process.exit(1)
    })
}

/** Prints a result line to stdout. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** Says something beside the result, on stderr. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/**
 * Does `work` beside a bar on stderr, which `advance` moves to `total`, or to what turns out to be more. Where stderr is no terminal
 * it prints a line every few seconds instead. When the work ends, or fails, the bar stays on the screen as it is.
 */
export async function withProgress<T>(
  label: string,
  total: number,
  unit: string,
  work: (advance: (count: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new progress.SingleBar(
    {
      format: lineOf(label, unit),
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      // A process that is stopped puts nothing back: the cursor stays, and lines wrap.
      hideCursor: false,
      linewrap: true,
      gracefulExit: false,
    },
    progress.Presets.shades_classic,
  )
  bar.start(Math.max(total, 1), 0)
  let done = 0
  const advance = (count: number) => {
    done += count
    if (done > bar.getTotal()) bar.setTotal(done)
    bar.update(done)
  }
  try {
    return await work(advance)
  } finally {
    bar.stop()
  }
}

/** The most and the least characters of a bar, and what is kept free for the time that is left. */
const [longestBar, shortestBar, roomForTimeLeft] = [40, 8, 16]

/** The line of a bar: how long it still takes once something is done. A label too long for the terminal is cut. */
function lineOf(label: string, unit: string): GenericFormatter {
  return (options, { progress: done, eta, value, total, maxWidth }) => {
    const [percent, count] = [`${Math.floor(done * 100)}`.padStart(3), `${value}`.padStart(`${total}`.length)]
    const counts = `${percent}%  ${count}/${total} ${unit}`
    const isUnderWay = value > 0 && value < total && Number.isFinite(eta)
    const left = isUnderWay ? `  ${progress.Format.TimeFormat(eta, options, 5)} left` : ''
    const room = maxWidth - counts.length - roomForTimeLeft
    const named = label.slice(0, Math.max(0, room - shortestBar))
    const barsize = Math.max(shortestBar, Math.min(longestBar, room - named.length))
    return `${named} ${progress.Format.BarFormat(done, { ...options, barsize })} ${counts}${left}`
  }
}

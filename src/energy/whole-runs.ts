/** A run that goes on through the night is told of by two days: as far as the first sees it, and whole by the second. */
import type { Run } from './analysis.ts'

/** The runs of consecutive days, each once and whole, by the day that tells of it. */
export function wholeRuns(days: readonly (readonly Run[])[]): Run[] {
  return days.flatMap((runs, index) => {
    const told = toldAgain(runs, days[index + 1] ?? [])
    return runs.filter((run) => !told.has(run))
  })
}

/** Of a day's runs those of which the next day tells as well. Where two of one appliance start together, the one that goes on stops last. */
function toldAgain(runs: readonly Run[], next: readonly Run[]): Set<Run> {
  const told = new Set<Run>()
  for (const whole of next) {
    const same = runs.filter((run) => isSameRun(run, whole) && !told.has(run))
    const [part] = same.sort((a, b) => b.stopAt - a.stopAt)
    if (part !== undefined) told.add(part)
  }
  return told
}

/** Whether two days tell of one run, each as far as it sees. */
export function isSameRun(run: Run, other: Run): boolean {
  return run.appliance === other.appliance && run.startAt === other.startAt
}

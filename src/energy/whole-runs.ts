/** A run that goes on through the night is told of by two days: as far as the first sees it, and whole by the second. */
import type { Run } from './analysis.ts'

/** The runs of consecutive days, each once and whole, by the day that tells of it. */
export function wholeRuns(days: readonly (readonly Run[])[]): Run[] {
  return days.flatMap((runs, index) =>
    runs.filter((run) => !(days[index + 1] ?? []).some((next) => isSameRun(run, next))),
  )
}

/** Whether two days tell of one run, each as far as it sees. */
export function isSameRun(run: Run, other: Run): boolean {
  return run.appliance === other.appliance && run.startAt === other.startAt
}

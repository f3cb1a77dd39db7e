/** The POD that a row of a file names. */
import { normalisePod } from '../../energy/pod.ts'
import type { RowCollector } from '../row-collector.ts'
import { cell } from './file-readings.ts'

/** Makes the rows that follow those of this POD; `false` where it is none, and the row under way is rejected. */
export function takePod(rows: RowCollector, text: string, line: number): boolean {
  const pod = normalisePod(text)?.pod
  if (pod === undefined) rows.rejectUnnamed(text.trim() === '' ? 'pod_missing' : 'pod_invalid', cell('POD', text), line)
  else rows.point(pod)
  return pod !== undefined
}

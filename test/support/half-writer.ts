/** Writes on and on into the file that its argument names, as `disaggregate` does, until something stops it. */
import { writeOutput } from '../../src/app/output-file.ts'
import { CommandRefusal } from '../../src/app/terminal.ts'
import { CsvWriter } from '../../src/ingest/index.ts'

try {
  await writeOutput(process.argv[2] ?? '', async (stream) => {
    stream.once('drain', () => process.stdout.write('half is written\n'))
    const writer = new CsvWriter(stream, ['utc'])
    for (;;) await writer.row(['2015-01-01T00:00Z'])
  })
} catch (error) {
  process.exitCode = error instanceof CommandRefusal ? error.exitCode : 70
}

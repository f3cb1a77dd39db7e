/** How bodies of readings are described: what they may be, what may be said beside them. */
import { type Static, Type } from 'typebox'
import {
  defaultBodyLimits,
  fieldNames,
  fileFormats,
  formatNames,
  readingUnits,
  rowRejections,
} from '../ingest/index.ts'
import { readingsBodyLimits } from './problems.ts'
import { closed, oneOf } from './schemas.ts'

const valueNames = fieldNames.filter((name) => name !== 'at').map((name) => `\`${name}\``)

const csv = Type.String({
  description: `A header with \`at\` and one or more of ${valueNames.join(', ')}; then a row per reading. An empty cell, or the word \`null\`, says "not measured"; an empty energy or register cell beside a filled value says nothing. Or the CSV of another house: see \`format\`.`,
  examples: ['at,power_w\n2026-11-23T17:03:00Z,532\n2026-11-23T17:04:00Z,\n'],
})

const ndjson = Type.String({
  description: 'One object a line, with the fields of the CSV.',
  examples: ['{"at":"2026-11-23T17:03:00Z","power_w":532}\n{"at":"2026-11-23T17:04:00Z","power_w":null}\n'],
})

const json = Type.Object(
  {},
  {
    description:
      'Either `{"readings": [{"at": "…Z", "power_w": 532}, …]}`, or dense: `{"kind": "power_w", "start": "…Z", "interval_s": 60, "values": [150, null, 600]}`. Or the JSON of another house: see `format`.',
    examples: [{ kind: 'power_w', start: '2026-11-23T17:00:00Z', interval_s: 60, values: [150, null, 600] }],
    additionalProperties: true,
  },
)

const siiExample =
  '<FlussoMisure CodFlusso="PDO2G"><DatiPod><Pod>IT001E12345678</Pod><MeseAnno>10/2026</MeseAnno><DatiPdp><Ka>1,00</Ka></DatiPdp><Curva><TipoDato>E</TipoDato><Ea Dst="0" E1="0,139" E2="0,100">01</Ea></Curva></DatiPod></FlussoMisure>'

const xml = Type.String({ description: 'A measure flow of the SII, or Green Button (ESPI).', examples: [siiExample] })

const anyFile = Type.String({
  description: 'The bytes of a file of any of the formats, gzip or not: its beginning tells which.',
  examples: ['at,power_w\n2026-11-23T17:03:00Z,532\n'],
})

/** The request body of one account's readings. */
export const accountBody = {
  content: {
    'text/csv': { schema: csv },
    'application/x-ndjson': { schema: ndjson },
    'application/json': { schema: json },
    'application/xml': { schema: xml },
    'application/octet-stream': { schema: anyFile },
  },
}

/** The request body of readings that name their PODs. */
export const podBody = {
  content: {
    'application/xml': { schema: xml },
    'text/csv': {
      schema: Type.String({
        description: 'A CSV that names its PODs: Portale Consumi, Duereti and Unareti.',
        examples: ['POD;DATA;ORA;FL_ORA_LEGALE;ATTIVA_PRELEVATA;TIPO_DATO\nIT001E12345678;20260501;000000;2;0,025;E\n'],
      }),
    },
    'application/octet-stream': { schema: Type.String({ ...anyFile, examples: [siiExample] }) },
  },
}

const formatText = `The format of the body, where its media type and beginning shall not decide. ${fileFormats
  .map(({ name, title }) => `\`${name}\`: ${title}.`)
  .join(' ')}`

const common = {
  format: Type.Optional(oneOf(formatNames, { description: formatText })),
  dry_run: Type.Optional(
    Type.Boolean({
      description: 'Says what would become of every row, and keeps nothing. Rows are compared with what is held.',
    }),
  ),
}

/** The query of readings that name their PODs. */
export const podQuery = closed(common, { examples: [{ dry_run: true }] })

/** The query of one account's readings. */
export const accountQuery = closed(
  {
    ...common,
    unit: Type.Optional(
      oneOf(readingUnits, {
        description:
          'The unit of the values, where the file does not say it (`home-assistant`, `emoncms`, `emoncms-json`, at times `home-assistant-json`): power (`W`, `kW`) or a register that only grows (`Wh`, `kWh`).',
      }),
    ),
    entity: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        description:
          'The entity to read, where a file of Home Assistant has several. Without it the first one is read, and a body that has a second one is refused from there on (`entity_missing`) with the rows before kept: name it, or ask with `dry_run` first.',
      }),
    ),
    channel: Type.Optional(
      oneOf(['import', 'export'], {
        description: 'What the values of such a file are: drawn from the grid (`import`, the default), or injected.',
      }),
    ),
  },
  { examples: [{ format: 'e-distribuzione' }] },
)

/** What both queries may say. */
export type ReadingsQuery = Static<typeof accountQuery>

const { patience } = defaultBodyLimits

const codes = Object.keys(rowRejections)
  .map((code) => `\`${code}\``)
  .join(', ')

/** What becomes of rows, in the words of the OpenAPI. */
export const outcomeText = `A bad row is rejected and named; it never costs the good ones: 200 even if every row is. A reading sent again with another value replaces the old one, and everything derived from it is computed anew; an estimate never replaces what was measured. Within a body the later row wins. Success means durable. Rows are committed in batches: a body that breaks keeps its whole good rows (\`report\` in the problem) and may be sent again; so does one whose sender is silent for ${patience.silenceS} s, or waited for ${patience.waitS} s in all. At most ${readingsBodyLimits}; \`Content-Encoding: gzip\` is taken. In files that hold many values a line, each value is a row. \`docs/files.md\` explains every format.

Codes of rejected rows: ${codes}.`

/**
 * Statements over PostgreSQL's wire protocol on a PGlite instance, prepared once and kept.
 *
 * PGlite's own `query` parses, describes and plans every time; on WebAssembly that costs more than most of our
 * statements themselves. Parameters go as text, which every type takes.
 */
import { type PGlite, protocol } from '@electric-sql/pglite'
import { columnParsers, parameterText } from './column-types.ts'

/** What a statement gave. */
export interface SessionResult {
  readonly rows: readonly Record<string, unknown>[]
  /** What was done, such as `SELECT`, `INSERT`, `ROLLBACK`. */
  readonly command: string
  /** Rows written; `undefined` for what writes none. */
  readonly affectedRows: number | undefined
}

export interface PgliteSession {
  /** Runs one statement. @throws the database's error, after which the session can be used again. */
  run(sql: string, parameters: readonly unknown[]): Promise<SessionResult>
}

type Message = Awaited<ReturnType<PGlite['execProtocol']>>['messages'][number]
type RowDescription = InstanceType<typeof protocol.messages.RowDescriptionMessage>
type Field = RowDescription['fields'][number]

/** Statements kept prepared; the store has fewer, lists of varying length come on top. */
const preparedMax = 256
/** Longer ones are lists written once; keeping them costs more than it saves [characters]. */
const preparedLengthMax = 4_000

const { serialize } = protocol

export function pgliteSession(database: PGlite): PgliteSession {
  const prepared = new Map<string, { readonly name: string; readonly fields: readonly Field[] }>()
  let lastName = 0

  const send = async (parts: readonly Uint8Array[]): Promise<Message[]> => {
    const { messages } = await database.execProtocol(Buffer.concat([...parts, serialize.sync()]), {
      throwOnError: true,
    })
    return messages
  }
  const prepare = async (sql: string, name: string) => {
    const messages = await send([serialize.parse({ name, text: sql }), serialize.describe({ type: 'S', name })])
    return { name, fields: messages.find(isRowDescription)?.fields ?? [] }
  }
  const forget = async (sql: string, name: string) => {
    prepared.delete(sql)
    await send([serialize.close({ type: 'S', name })])
  }
  const statementOf = async (sql: string) => {
    if (sql.length > preparedLengthMax) return await prepare(sql, '')
    const known = prepared.get(sql)
    if (known !== undefined) {
      prepared.delete(sql)
      prepared.set(sql, known)
      return known
    }
    const oldest = prepared.size < preparedMax ? undefined : prepared.entries().next().value
    if (oldest !== undefined) await forget(oldest[0], oldest[1].name)
    const fresh = await prepare(sql, `s${++lastName}`)
    prepared.set(sql, fresh)
    return fresh
  }

  return {
    run: async (sql, parameters) => {
      const { name, fields } = await statementOf(sql)
      const bound = serialize.bind({ statement: name, values: parameters.map(parameterText) })
      const messages = await send([bound, serialize.execute({})])
      const result = resultOf(messages, fields)
      // A changed table changes what prepared statements would answer.
      if (/^(CREATE|ALTER|DROP)/.test(result.command)) {
        for (const [text, one] of prepared) await forget(text, one.name)
      }
      return result
    },
  }
}

function resultOf(messages: readonly Message[], fields: readonly Field[]): SessionResult {
  const parsers = fields.map(({ dataTypeID }) => columnParsers[dataTypeID])
  const rows: Record<string, unknown>[] = []
  let tag = ''
  for (const message of messages) {
    if (isDataRow(message)) rows.push(rowOf(message.fields, fields, parsers))
    else if (isCommandComplete(message)) tag = message.text
  }
  const [command = '', ...counts] = tag.split(' ')
  const writes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
  return { rows, command, affectedRows: writes ? Number(counts.at(-1)) : undefined }
}

function rowOf(
  texts: readonly (string | null)[],
  fields: readonly Field[],
  parsers: readonly (((text: string) => unknown) | undefined)[],
): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const [index, field] of fields.entries()) {
    const text = texts[index] ?? null
    const parse = parsers[index]
    row[field.name] = text === null || parse === undefined ? text : parse(text)
  }
  return row
}

function isRowDescription(message: Message): message is RowDescription {
  return message.name === 'rowDescription'
}

function isDataRow(message: Message): message is InstanceType<typeof protocol.messages.DataRowMessage> {
  return message.name === 'dataRow'
}

function isCommandComplete(message: Message): message is InstanceType<typeof protocol.messages.CommandCompleteMessage> {
  return message.name === 'commandComplete'
}

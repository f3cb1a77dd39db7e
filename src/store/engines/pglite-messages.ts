/** What passes between the thread that asks and the thread that PGlite computes in. */
import type { SessionResult } from './pglite-session.ts'

/** How the worker is started. */
export interface PgliteWorkerData {
  readonly folder: string
  readonly purpose: 'create' | 'serve'
}

/** A statement, or `null` to close the database. */
export interface PgliteRequest {
  readonly id: number
  readonly statement: { readonly sql: string; readonly parameters: readonly unknown[] } | null
}

export type PgliteReply =
  | { readonly id: number; readonly result: SessionResult }
  | { readonly id: number; readonly error: PgliteFailure }

/** An error of the database, as it survives the way between threads. */
export interface PgliteFailure {
  readonly message: string
  /** SQLSTATE, where PostgreSQL gave one. */
  readonly code: string | undefined
  readonly constraint: string | undefined
}

/** The id of the message by which the worker says that the database is open, or why it is not. */
export const openedMessageId = 0

/** SQLSTATE of a disk without space. */
export const diskFull = '53100'

/** The versions of the schema, oldest first. A released migration never changes; a change is a new file. */
import * as first from './0001-first.ts'
import * as grid from './0002-grid.ts'
import * as doors from './0003-doors.ts'
import * as files from './0004-files.ts'
import * as liveRows from './0010-live-rows.ts'
import * as gridIssues from './0020-grid-issues.ts'
import * as staleDaysInTurn from './0030-stale-days-in-turn.ts'
import * as toldSlots from './0040-told-slots.ts'
import * as peersInTurn from './0041-peers-in-turn.ts'
import * as nearestPeers from './0042-nearest-peers.ts'
import * as deviceChanges from './0043-device-changes.ts'
import * as podFrom from './0044-pod-from.ts'

/** Statements per version; the names order and identify them in the database. */
export const migrations: Readonly<Record<string, readonly string[]>> = {
  '0001-first': first.statements,
  '0002-grid': grid.statements,
  '0003-doors': doors.statements,
  '0004-files': files.statements,
  '0010-live-rows': liveRows.statements,
  '0020-grid-issues': gridIssues.statements,
  '0030-stale-days-in-turn': staleDaysInTurn.statements,
  '0040-told-slots': toldSlots.statements,
  '0041-peers-in-turn': peersInTurn.statements,
  '0042-nearest-peers': nearestPeers.statements,
  '0043-device-changes': deviceChanges.statements,
  '0044-pod-from': podFrom.statements,
}

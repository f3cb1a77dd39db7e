/**
 * The tables as Kysely sees them; the migrations are the truth. Instants are `bigint` milliseconds (UTC), civil days
 * are `date` and read as `YYYY-MM-DD`, bytes are plain `Uint8Array`, `json` and `jsonb` are written as JSON text.
 */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'
import type { ApplianceWh } from '../energy/analysis.ts'
import type { ApplianceKey } from '../energy/appliances.ts'
import type { CivilDay, EpochMs, TimeZone } from '../energy/civil-time.ts'
import type { GridEvent, GridSource, GridZone } from '../energy/grid-hours.ts'
import type { HomeUse } from '../energy/home-use.ts'
import type { HouseType, Onboarding } from '../energy/household.ts'
import type { SlotS } from '../energy/load-curve.ts'
import type { ClimateZone } from '../energy/provinces.ts'
import type { Channel, Quality, ReadingKind } from '../energy/readings.ts'
import type { ResidentsBand, SizeBand } from '../energy/similar-homes.ts'
import type { AccountId, ClaimId, ClientId, DeviceId } from './ids.ts'

/** Written as JSON text, read as its value; `null` where the column allows it. */
type NullableJson<T> = ColumnType<T | null, string | null, string | null>
type Confidence = Readonly<Partial<Record<ApplianceKey, number>>>

export interface ClientsTable {
  id: ClientId
  name: string | null
  secret_hash: string
  companies: JSONColumnType<string[]>
  created_at: EpochMs
  revoked_at: EpochMs | null
}

export interface SigningKeysTable {
  kid: string
  private_jwk: JSONColumnType<Record<string, unknown>>
  created_at: EpochMs
}

export interface AccountsTable {
  id: AccountId
  client_id: ClientId
  account_number: string
  pod: string
  pod_key: string
  company_code: string
  time_zone: TimeZone
  opened_at: EpochMs
  /** First local day of which rows that name the POD are the account's; `null` = no account of the client had it before. */
  pod_from: CivilDay | null
  closed_on: CivilDay | null
  onboarding: NullableJson<Onboarding>
  onboarded_at: EpochMs | null
}

export interface ReadingDaysTable {
  account_id: AccountId
  channel: Channel
  kind: ReadingKind
  day: CivilDay
  count: number
  first_at: EpochMs
  last_at: EpochMs
  /** Until when the day's readings measure; `null` where every value is `null`. */
  measured_to_at: EpochMs | null
  packed: Uint8Array
}

export interface RecentReadingsTable {
  account_id: AccountId
  channel: Channel
  kind: ReadingKind
  at: EpochMs
  day: CivilDay
  value: number | null
  span_s: number
  quality: Quality
  /** A name of `readingSources`. */
  source: string
  /** Whether the packed day holds an older reading of the same instant. */
  replaces_packed: boolean
}

export interface StaleDaysTable {
  account_id: AccountId
  day: CivilDay
  seq: Generated<number>
  /** When the day became stale; in the future where it will: slots that are not closed yet. */
  marked_at: EpochMs
  /** When a running day is due; below any instant for a day that is over (`overdue`, stale-days/mark.ts). */
  not_before: EpochMs
  claim_id: ClaimId | null
  claimed_seq: number | null
  claimed_until: EpochMs | null
}

export interface AnalysedDaysTable {
  account_id: AccountId
  day: CivilDay
  slot_s: SlotS
  /** Length of the slots that appliances were told apart in [s]; `null` = that of its slots. */
  told_slot_s: SlotS | null
  elapsed_s: number
  measured_s: number
  total_wh: number
  f1_wh: number
  f2_wh: number
  f3_wh: number
  appliance_wh: JSONColumnType<ApplianceWh>
  confidence: JSONColumnType<Confidence>
  model: string
  /** End of the newest measured slot. */
  measured_to_at: EpochMs | null
  analysed_at: EpochMs
  hours: Uint8Array
  curve: Uint8Array
}

export interface RunsTable {
  account_id: AccountId
  day: CivilDay
  start_at: EpochMs
  appliance: ApplianceKey
  stop_at: EpochMs
  energy_wh: number
}

export interface PeerHomesTable {
  account_id: AccountId
  pod_key: string
  house_type: HouseType
  size_band: SizeBand
  residents_band: ResidentsBand
  electric_heating: boolean
  electric_cooling: boolean
  electric_vehicle: boolean
  province: string
  climate_zone: ClimateZone
  use: JSONColumnType<HomeUse>
  /** When the row last changed. */
  refreshed_at: EpochMs
}

export interface PeerRefreshesTable {
  /** 1: there is one row. */
  id: number
  /** Who computes the peers; `null` = nobody. */
  claim_id: ClaimId | null
  /** Until when the claim holds, or when they are due; of the machine's clock. */
  next_at: EpochMs
}

export interface DevicesTable {
  id: DeviceId
  account_id: AccountId
  kind: string
  name: string | null
  topic: string
  channels: JSONColumnType<string[]>
  sign: 1 | -1
  hold_s: number
  clock_tolerance_s: number
  secret_hash: string
  created_at: EpochMs
  /** What the device's adapter remembers from message to message. */
  memory: NullableJson<unknown>
}

export interface DeviceTopicsTable {
  /** The topic, or the root of the subtree, under which messages may come. */
  root: string
  device_id: DeviceId
  client_id: ClientId
}

export interface DeviceHealthTable {
  device_id: DeviceId
  last_seen_at: EpochMs | null
  messages: number
  readings: number
  rejections: JSONColumnType<Record<string, number>>
  /** Start of the running window of `healthWindowMs`. */
  window_at: EpochMs
  window_messages: number
  window_messages_before: number
  clock_offset_s: number | null
}

export interface DeviceChangesTable {
  /** The counter `devices` at the change. */
  version: number
  device_id: DeviceId
}

export interface CountersTable {
  name: string
  value: number
}

export interface GridHoursTable {
  zone: GridZone
  kind: GridEvent['kind']
  start_at: EpochMs
  source: GridSource
  renewable_share: number | null
  renewable_share_of_load: number | null
  solar_mw: number | null
  wind_mw: number | null
  other_renewable_mw: number | null
  generation_mw: number | null
  load_mw: number | null
  made_at: EpochMs
  stored_at: EpochMs
}

export interface GridFetchesTable {
  source: GridSource
  zone: GridZone
  /** Not asked again before; of the machine's clock, as all instants of this table. */
  next_at: EpochMs
  tried_at: EpochMs | null
  succeeded_at: EpochMs | null
  /** Failures in a row. */
  failures: Generated<number>
  /** What went wrong the last time, for people. */
  problem: string | null
}

export interface GridIssuesTable {
  zone: GridZone
  issued_at: EpochMs
  /** JSON. */
  hours: string
}

export interface Schema {
  clients: ClientsTable
  signing_keys: SigningKeysTable
  accounts: AccountsTable
  reading_days: ReadingDaysTable
  recent_readings: RecentReadingsTable
  stale_days: StaleDaysTable
  analysed_days: AnalysedDaysTable
  runs: RunsTable
  peer_homes: PeerHomesTable
  peer_refreshes: PeerRefreshesTable
  counters: CountersTable
  devices: DevicesTable
  device_topics: DeviceTopicsTable
  device_health: DeviceHealthTable
  device_changes: DeviceChangesTable
  grid_hours: GridHoursTable
  grid_fetches: GridFetchesTable
  grid_issues: GridIssuesTable
}

/**
 * The first schema. Every key of a home's data begins with its account, so that the tables can be distributed by
 * account, and every such table ends with the account: `on delete cascade` makes erasure complete by construction.
 */
export const statements: readonly string[] = [
  `create table clients (
    id text primary key,
    name text,
    secret_hash text not null,
    companies jsonb not null,
    created_at bigint not null,
    revoked_at bigint
  )`,
  `create table signing_keys (
    kid text primary key,
    private_jwk jsonb not null,
    created_at bigint not null
  )`,
  // json, not jsonb: an onboarding is echoed as it was sent, and jsonb reorders keys.
  `create table accounts (
    id uuid primary key,
    client_id text not null references clients (id),
    account_number text not null collate "C",
    pod text not null,
    pod_key text not null,
    company_code text not null,
    time_zone text not null,
    opened_at bigint not null,
    closed_on date,
    onboarding json,
    onboarded_at bigint,
    unique (client_id, account_number)
  )`,
  'create unique index accounts_open_pod on accounts (client_id, pod_key) where closed_on is null',
  `create table reading_days (
    account_id uuid not null references accounts (id) on delete cascade,
    channel text not null,
    kind text not null check (kind in ('power', 'energy', 'register')),
    day date not null,
    count integer not null check (count > 0),
    first_at bigint not null,
    last_at bigint not null,
    measured_to_at bigint,
    packed bytea not null,
    primary key (account_id, channel, kind, day)
  )`,
  // Packed bytes are compressed already: EXTERNAL spares the server a second, useless attempt.
  'alter table reading_days alter column packed set storage external',
  `create table recent_readings (
    account_id uuid not null references accounts (id) on delete cascade,
    channel text not null,
    kind text not null check (kind in ('power', 'energy', 'register')),
    at bigint not null,
    day date not null,
    value double precision,
    span_s double precision not null,
    quality text not null check (quality in ('measured', 'estimated', 'corrected')),
    replaces_packed boolean not null,
    primary key (account_id, channel, kind, at)
  )`,
  'create sequence stale_day_seq',
  `create table stale_days (
    account_id uuid not null references accounts (id) on delete cascade,
    day date not null,
    seq bigint not null default nextval('stale_day_seq'),
    marked_at bigint not null,
    not_before bigint not null,
    claim_id uuid,
    claimed_seq bigint,
    claimed_until bigint,
    primary key (account_id, day)
  )`,
  'create index stale_days_in_turn on stale_days (not_before, account_id, day)',
  'create index stale_days_of_claim on stale_days (claim_id) where claim_id is not null',
  `create table analysed_days (
    account_id uuid not null references accounts (id) on delete cascade,
    day date not null,
    slot_s integer not null check (slot_s in (60, 900)),
    elapsed_s integer not null,
    measured_s integer not null,
    total_wh double precision not null,
    f1_wh double precision not null,
    f2_wh double precision not null,
    f3_wh double precision not null,
    appliance_wh jsonb not null,
    confidence jsonb not null,
    model text not null,
    measured_to_at bigint,
    analysed_at bigint not null,
    hours bytea not null,
    curve bytea not null,
    primary key (account_id, day)
  )`,
  'alter table analysed_days alter column hours set storage external, alter column curve set storage external',
  // Curves are long and rarely read with the sums: out of line whatever their size, so that a year of sums is a few pages.
  'alter table analysed_days set (toast_tuple_target = 256)',
  `create table runs (
    account_id uuid not null references accounts (id) on delete cascade,
    day date not null,
    start_at bigint not null,
    appliance text not null,
    stop_at bigint not null,
    energy_wh double precision not null
  )`,
  'create index runs_by_start on runs (account_id, start_at)',
  'create index runs_by_day on runs (account_id, day)',
  `create table peer_homes (
    account_id uuid primary key references accounts (id) on delete cascade,
    pod_key text not null,
    house_type text not null,
    size_band smallint not null,
    residents_band smallint not null,
    electric_heating boolean not null,
    electric_cooling boolean not null,
    electric_vehicle boolean not null,
    province text not null,
    climate_zone text not null,
    use jsonb not null,
    refreshed_at bigint not null
  )`,
  'create index peer_homes_alike on peer_homes (residents_band, size_band, climate_zone)',
  'create table counters (name text primary key, value bigint not null)',
]

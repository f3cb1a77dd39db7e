/**
 * Each reading says which door it came through; those kept before do not. Devices tie a topic to an account; a topic
 * belongs to one client, and what lies under it as well.
 */
export const statements: readonly string[] = [
  `alter table recent_readings add column source text not null default 'unstated'`,
  `create table devices (
    id text primary key,
    account_id uuid not null references accounts (id) on delete cascade,
    kind text not null,
    name text,
    topic text not null collate "C",
    channels jsonb not null,
    sign smallint not null check (sign in (-1, 1)),
    hold_s integer not null,
    clock_tolerance_s integer not null,
    secret_hash text not null,
    created_at bigint not null,
    memory jsonb
  )`,
  'create index devices_of_account on devices (account_id, created_at)',
  `create table device_topics (
    root text not null collate "C",
    device_id text not null references devices (id) on delete cascade,
    client_id text not null references clients (id),
    primary key (root, device_id)
  )`,
  'create index device_topics_of_device on device_topics (device_id)',
  // Counted beside the readings, some seconds late: health is no reading.
  `create table device_health (
    device_id text primary key references devices (id) on delete cascade,
    last_seen_at bigint,
    messages bigint not null default 0,
    readings bigint not null default 0,
    rejections jsonb not null default '{}',
    window_at bigint not null default 0,
    window_messages bigint not null default 0,
    window_messages_before bigint not null default 0,
    clock_offset_s bigint
  )`,
]

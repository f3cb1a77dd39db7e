/** Grid data belongs to no home: hours by zone and source, and when a source was asked last. */
export const statements: readonly string[] = [
  `create table grid_hours (
    zone text not null collate "C",
    kind text not null check (kind in ('actual', 'forecast')),
    start_at bigint not null check (start_at % 3600000 = 0),
    source text not null collate "C",
    renewable_share double precision check (renewable_share between 0 and 1),
    renewable_share_of_load double precision,
    solar_mw double precision,
    wind_mw double precision,
    other_renewable_mw double precision,
    generation_mw double precision,
    load_mw double precision,
    made_at bigint not null,
    stored_at bigint not null,
    primary key (zone, kind, start_at, source)
  )`,
  `create table grid_fetches (
    source text not null,
    zone text not null,
    next_at bigint not null,
    tried_at bigint,
    succeeded_at bigint,
    failures integer not null default 0,
    problem text,
    primary key (source, zone)
  )`,
]

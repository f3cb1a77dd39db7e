/**
 * Which server computes the peers: one row. While `claim_id` is set it is until `next_at` that nobody else takes over, else they are
 * due then. Of the machine's clock.
 */
export const statements: readonly string[] = [
  `create table peer_refreshes (
    id smallint primary key default 1 check (id = 1),
    claim_id uuid,
    next_at bigint not null default 0
  )`,
  'insert into peer_refreshes default values',
]

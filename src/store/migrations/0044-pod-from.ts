/**
 * Since when an account has its POD among those of its client: since the closure of the one before it. Of accounts that are there it is told by the
 * order in which they were registered; the one without an end is the last.
 */
export const statements: readonly string[] = [
  'alter table accounts add column pod_from date',
  `update accounts set pod_from = before.ended_on
    from (
      select id, max(closed_on) over (
        partition by client_id, pod_key order by closed_on is null, opened_at, closed_on, id
        rows between unbounded preceding and 1 preceding
      ) as ended_on from accounts
    ) before
    where before.id = accounts.id and before.ended_on is not null`,
]

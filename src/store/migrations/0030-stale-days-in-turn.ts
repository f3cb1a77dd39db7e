/** Days that are over are handed out in the order in which they became stale, whichever home they are of. */
export const statements: readonly string[] = [
  'drop index stale_days_in_turn',
  'create index stale_days_in_turn on stale_days (not_before, marked_at, account_id, day)',
]

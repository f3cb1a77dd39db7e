/**
 * Days that are over are handed out in the order in which they became stale, whichever home they are of, those of ten minutes by home:
 * `claim.ts` orders by this very expression. Marks of days that were over, and that stood in line with running ones, go behind the others.
 */
export const statements: readonly string[] = [
  'drop index stale_days_in_turn',
  'create index stale_days_in_turn on stale_days (not_before, (marked_at / 600000), account_id, day)',
  `update stale_days set not_before = 2 where not_before > 0 and day < (to_timestamp(marked_at / 1000) - interval '2 days')::date`,
]

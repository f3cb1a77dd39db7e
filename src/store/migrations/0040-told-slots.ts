/** Days of minutes may be told apart in quarter-hours. Days of before are left as they are: `null` says that theirs are their slots. */
export const statements: readonly string[] = [
  'alter table analysed_days add column told_slot_s integer check (told_slot_s in (60, 900))',
]

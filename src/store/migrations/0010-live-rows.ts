/**
 * A foreign key is looked up for every row that is written, which costs a row of a live reading as much again. Whoever
 * writes recent readings holds the account's row locked, so that it is there; and they end with the account all the same.
 */
export const statements: readonly string[] = [
  'alter table recent_readings drop constraint recent_readings_account_id_fkey',
  `create function end_recent_readings() returns trigger language plpgsql as $$
  begin
    delete from recent_readings where account_id = old.id;
    return null;
  end $$`,
  `create trigger recent_readings_end_with_account after delete on accounts
    for each row execute function end_recent_readings()`,
]

/**
 * Every change that doors must know of a device is written down in turn, whatever made it (the end of its account too): a
 * server reads what changed since it last looked, not every device. The latest 10,000 are kept (`devices.ts` knows that
 * number); whoever is further behind reads every device. An id of a device says nothing of the home it was of.
 */
export const statements: readonly string[] = [
  `create table device_changes (
    version bigint primary key,
    device_id text not null
  )`,
  `create function note_device_change(changed text) returns void language plpgsql as $$
  declare
    newest bigint;
  begin
    insert into counters (name, value) values ('devices', 1)
      on conflict (name) do update set value = counters.value + 1 returning value into newest;
    insert into device_changes (version, device_id) values (newest, changed);
    delete from device_changes where version <= newest - 10000;
  end $$`,
  `create function note_device() returns trigger language plpgsql as $$
  begin
    perform note_device_change(coalesce(new.id, old.id));
    return null;
  end $$`,
  'create trigger devices_change after insert or delete on devices for each row execute function note_device()',
  `create function note_devices_of_account() returns trigger language plpgsql as $$
  begin
    perform note_device_change(devices.id) from devices where account_id = new.id;
    return null;
  end $$`,
  `create trigger devices_change_with_account after update of closed_on on accounts
    for each row when (old.closed_on is distinct from new.closed_on) execute function note_devices_of_account()`,
]

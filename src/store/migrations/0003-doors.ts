/** Each reading says which door it came through; those kept before do not. */
export const statements: readonly string[] = [
  `alter table recent_readings add column source text not null default 'unstated'`,
]

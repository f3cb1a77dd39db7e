/** What was last said of a zone's hours, so that a server that starts again has it at once. */
export const statements: readonly string[] = [
  `create table grid_issues (
    zone text primary key collate "C",
    issued_at bigint not null,
    hours text not null
  )`,
]

/** A file names PODs, and each is looked up among the client's accounts, closed ones included. */
export const statements: readonly string[] = ['create index accounts_by_pod on accounts (client_id, pod_key)']

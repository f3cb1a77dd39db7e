import { expect, test } from 'vitest'
import { isFaultOfDatabase } from './transaction.ts'

const coded = (code: string) => Object.assign(new Error(code), { code })

test.each(['08006', '53100', '57P01', '57014', '25006', '40001', 'ECONNREFUSED'])(
  '%s is the database’s fault: away, full, read-only, cancelled or busy',
  (code) => expect(isFaultOfDatabase(coded(code))).toBe(true),
)

test.each(['22003', '23505', '42601', '25001'])('%s is no fault of the database', (code) =>
  expect(isFaultOfDatabase(coded(code))).toBe(false),
)

/** Schemas that several routes about accounts share. */
import { type Static, Type } from 'typebox'
import type { Account } from '../store/index.ts'
import { accountNumber, closed, localDate, nullable } from './schemas.ts'

/** The POD as the API echoes it. */
export const podSchema = Type.String({ description: 'The POD, upper-case, without spaces and hyphens.' })

export const companyCode = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "The retailer's company or brand; one of those the client is granted.",
})

/** What a registration echoes. */
export const registrationSchema = closed({
  pod: podSchema,
  account_number: accountNumber,
  company_code: companyCode,
})

/** An account in a list. */
export const accountSchema = closed({
  ...registrationSchema.properties,
  pod_from: nullable(
    localDate(
      'The first local day of which rows that name the POD go to this account: the day on which the account before it ended. `null` where the client had no other account of the POD.',
    ),
  ),
  closed_on: nullable(
    localDate('The first local day without supply, which may lie ahead; `null` while no end is known.'),
  ),
})

export const exampleRegistration = {
  pod: 'IT001E12345678',
  account_number: '1234567890',
  company_code: 'ACME',
}

/** The registration of an account on the wire. */
export function registrationOf({
  pod,
  accountNumber: number,
  companyCode: company,
}: Account): Static<typeof registrationSchema> {
  return { pod, account_number: number, company_code: company }
}

/** An account on the wire. */
export function accountOnWire(account: Account): Static<typeof accountSchema> {
  return { ...registrationOf(account), pod_from: account.podFrom, closed_on: account.closedOn }
}

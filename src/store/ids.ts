/** Identities of the store, branded so that one cannot stand in for another. */

/** An OAuth2 client: a retailer's system. Chosen by the operator, of the form of `clientIdPattern`. */
export type ClientId = string & { readonly clientId: unique symbol }

/** Client ids as `client create` and `LOADLENS_CLIENTS` take them. */
export const clientIdPattern = /^[A-Za-z0-9._-]{1,64}$/

/** One supply of one household, made by the store (a UUID). The first column of every key that belongs to a home. */
export type AccountId = string & { readonly accountId: unique symbol }

/** A live device of a home, made by the store: `dev-` and 20 characters. Also its MQTT user name. */
export type DeviceId = string & { readonly deviceId: unique symbol }

/** One claim of stale days by one worker, or of the peers by one server (a UUID). */
export type ClaimId = string & { readonly claimId: unique symbol }

/** The bytes that structure CSV and JSON. */
export const tab = 0x09
export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20
export const quote = 0x22
export const plus = 0x2b
export const comma = 0x2c
export const minus = 0x2d
export const point = 0x2e
export const digit0 = 0x30
export const digit9 = 0x39
export const colon = 0x3a
export const openBracket = 0x5b
export const backslash = 0x5c
export const closeBracket = 0x5d
export const openBrace = 0x7b
export const closeBrace = 0x7d
export const upperT = 0x54
export const upperZ = 0x5a
/** Turns an upper-case letter's byte into the lower-case one. */
export const lowerCaseBit = 0x20

/** Whether a byte is a decimal digit. */
export function isDigit(byte: number): boolean {
  return byte >= digit0 && byte <= digit9
}

/** Whether a byte is JSON white space. */
export function isJsonSpace(byte: number): boolean {
  return byte === space || byte === lineFeed || byte === carriageReturn || byte === tab
}

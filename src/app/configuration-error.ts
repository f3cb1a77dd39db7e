/** A setting that cannot be understood; the message names it and says what it takes. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
}

/** The table of reasons for which a body is refused from some point on. Codes are stable; whole good rows before it stay. */
export const bodyRefusals = {
  body_empty: 'the body is empty',
  body_not_utf8: 'the body is not UTF-8 text',
  body_too_large: 'more bytes were sent than one body may have',
  body_unpacks_too_large: 'the body unpacks to more bytes than one body may have',
  body_incomplete: 'the body broke off while it was received, or its sender fell silent',
  format_unknown: 'the body is of no format that is read',
  pods_missing: 'the body names no PODs, and nobody says whose readings they are',
  unit_missing: 'the unit of the values is not said, is none that is read, or is another than the one asked for',
  entity_missing:
    'the body has the values of several entities and nobody says which to read, or others than the one named',
  line_too_long: 'a line of the file is too long',
  header_column_missing: 'the header lacks a column of the format',
  csv_malformed: 'the file is not well-formed CSV',
  gzip_invalid: 'the body is not valid gzip',
  gzip_truncated: 'the gzip ends before its end',
  header_missing: 'the CSV has no header line',
  header_column_unknown: 'the CSV header names a column that is not known',
  header_column_twice: 'the CSV header names a column twice',
  header_without_at: 'the CSV header has no column `at`',
  header_without_value: 'the CSV header has no column of values',
  reading_type_missing: 'the body does not say the unit of its values before it gives them',
  xml_doctype: 'the XML has a document type, which no format here has',
  xml_malformed: 'the body is not well-formed XML',
  xml_incomplete: 'the XML ends before its end',
  xml_too_deep: 'the XML is nested too deeply',
  json_malformed: 'the body is not JSON',
  json_incomplete: 'the JSON ends before its end',
  json_too_deep: 'the JSON is nested too deeply',
  json_not_an_object: 'the JSON is not an object',
  field_unknown: 'the object has a field that is not known',
  field_missing: 'the object lacks a field',
  field_twice: 'the object has a field twice',
  field_invalid: 'a field of the object has a value that is not allowed',
  field_order: 'too many values stand before the fields that explain them',
} as const satisfies Record<string, string>

/** Why a body was refused. */
export type BodyRefusalCode = keyof typeof bodyRefusals

/** What is wrong with a body, and where (a JSON pointer; for CSV `/header/<index>`). */
export interface BodyProblem {
  readonly refusal: BodyRefusalCode
  readonly detail: string
  readonly pointer?: string
}

/** Carries a problem out of a chain of streams, where only an exception can pass; the driver makes it a value again. */
export class BodyBroken extends Error {
  override readonly name = 'BodyBroken'
  readonly problem: BodyProblem

  constructor(problem: BodyProblem, cause?: unknown) {
    super(problem.detail, { cause })
    this.problem = problem
  }
}

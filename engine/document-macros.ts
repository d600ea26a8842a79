/**
 * Readers for fields of MongoDB documents kept as JSON: a value may come in any type, or not at all. Both forms of
 * Extended JSON are read. Each gives NULL for what it does not accept, so that a row check can refuse the row.
 */
const NUMBER_AS_TEXT = `CASE json_type(value)
  WHEN 'VARCHAR' THEN regexp_extract(value ->> '$', '^ *(-?[0-9]+(\\.[0-9]+)?) *$', 1)
  WHEN 'OBJECT' THEN coalesce(value ->> '$."$numberInt"', value ->> '$."$numberLong"', value ->> '$."$numberDouble"', value ->> '$."$numberDecimal"')
  WHEN 'BIGINT' THEN value ->> '$'
  WHEN 'UBIGINT' THEN value ->> '$'
  WHEN 'HUGEINT' THEN value ->> '$'
  WHEN 'DOUBLE' THEN value ->> '$'
END`;

const ISO_TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)';

export const DOCUMENT_MACROS = [
  /** The field is there and not null. */
  `CREATE OR REPLACE MACRO document_has(value) AS value IS NOT NULL AND json_type(value) <> 'NULL'`,

  /** A string. */
  `CREATE OR REPLACE MACRO document_text(value) AS CASE WHEN json_type(value) = 'VARCHAR' THEN value ->> '$' END`,

  /** A boolean, or the strings "true" and "false". */
  `CREATE OR REPLACE MACRO document_boolean(value) AS CASE
     WHEN json_type(value) = 'BOOLEAN' OR document_text(value) IN ('true', 'false') THEN (value ->> '$')::BOOLEAN
   END`,

  /** A number of any BSON type, or a string that is a plain decimal number, trimmed of blanks; as text. */
  `CREATE OR REPLACE MACRO document_number_text(value) AS ${NUMBER_AS_TEXT}`,

  /**
   * Such a number whose value is whole (4.0 is), as BIGINT. Compared as a double too, because the decimal cuts off what
   * comes after ten places.
   */
  `CREATE OR REPLACE MACRO document_integer(value) AS CASE
     WHEN trunc(TRY_CAST(document_number_text(value) AS DECIMAL(38, 10)))::DOUBLE = TRY_CAST(document_number_text(value) AS DOUBLE)
     THEN TRY_CAST(TRY_CAST(document_number_text(value) AS DECIMAL(38, 10)) AS BIGINT)
   END`,

  /** A BSON date, or an ISO 8601 string with Z or an offset (seconds may be missing), as TIMESTAMPTZ. */
  `CREATE OR REPLACE MACRO document_time(value) AS CASE
     WHEN regexp_full_match(document_text(value), '${ISO_TIME}')
     THEN TRY_CAST(regexp_replace(value ->> '$', 'T([0-9]{2}:[0-9]{2})([Z+-])', 'T\\1:00\\2') AS TIMESTAMPTZ)
     WHEN json_type(value, '$."$date"') = 'VARCHAR' THEN TRY_CAST(value ->> '$."$date"' AS TIMESTAMPTZ)
     ELSE make_timestamptz(1000 * TRY_CAST(value ->> '$."$date"."$numberLong"' AS BIGINT))
   END`,
] as const;

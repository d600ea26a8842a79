import type { Instant } from '../core/instant.ts';

/** The columns every staged row carries after the declared ones, as DuckDB expressions. */
export const stampsOf = (position: string, observedAt: Instant): string =>
  `'u'::VARCHAR AS "_op", ${position}::BIGINT AS "_position", '${observedAt}'::TIMESTAMPTZ AS "_observed_at"`;

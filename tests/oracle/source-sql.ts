// Pieces of SQL over the company's own tables, which more than one oracle needs.

/** The UTC day of a time, as SQL. */
export const day = (time: string) => `(${time} at time zone 'UTC')::date`;

/** yyyymmdd of a day, as SQL. */
export const dateKey = (date: string) => `to_char(${date}, 'YYYYMMDD')::int`;

/** An amount in euros by the rate as of a day, as SQL. */
export const eur = (amount: string, currency: string, on: string) => `
  case when ${currency} = 'EUR' then ${amount} else round(${amount} * (
    select known.rate_to_eur from exchange_rate known where known.currency = ${currency} and known.rate_date <= ${on}
    order by known.rate_date desc limit 1), 2) end`;

/** -1 where the natural key is not known; else the first 63 bits of the md5 of it and its open bound. */
export const surrogate = (natural: string) =>
  `coalesce((('x' || substr(md5(${natural} || '|-infinity'), 1, 16))::bit(64) >> 1)::bigint, -1)`;

/**
 * Every payment as it stands now, with what follows from it alone and from reference data: `day`, `amount_eur`, `captured`,
 * `tax_country`, `tax_rate`, `tax` (contained in the amount), `tax_eur`, `is_holiday`.
 */
export const PAYMENTS = `
  select taxed.*, ${eur('taxed.tax', 'taxed.currency', 'taxed.day')} as tax_eur
  from (
    select rated.*, round(rated.amount * rated.tax_rate / (1 + rated.tax_rate), 2) as tax,
      ${eur('rated.amount', 'rated.currency', 'rated.day')} as amount_eur,
      exists (select from public_holiday h where h.country = rated.tax_country and h.holiday_date = rated.day) as is_holiday
    from (
      select placed.*, (
          select known.rate from tax_rate known
          where known.kind = 'standard' and known.country = placed.tax_country and known.valid_from <= placed.day
          order by known.valid_from desc limit 1) as tax_rate
      from (
        select t.*, ${day('t.event_time')} as day, coalesce(t.billing_country, t.location_country) as tax_country,
          t.status in ('succeeded', 'refunded', 'disputed') as captured
        from transaction t
      ) placed
    ) rated
  ) taxed`;

/** Every refund with its payment's merchant, place and tax rate: `day`, `amount_eur`, `tax`, `tax_eur`. */
export const REFUNDS = `
  select taxed.*, ${eur('taxed.tax', 'taxed.currency', 'taxed.day')} as tax_eur
  from (
    select r.*, ${day('r.created_at')} as day, p.merchant_id, p.location_city, p.location_country,
      round(r.amount * p.tax_rate / (1 + p.tax_rate), 2) as tax,
      ${eur('r.amount', 'r.currency', day('r.created_at'))} as amount_eur
    from refund r join (${PAYMENTS}) p on p.id = r.transaction_id
  ) taxed`;

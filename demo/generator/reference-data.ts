export interface Currency {
  readonly code: string;
  readonly exponent: number;
  /** Euros for one unit, around which the daily rates move; EUR has none. */
  readonly rate: number | null;
}

export const CURRENCIES: readonly Currency[] = [
  { code: 'EUR', exponent: 2, rate: null },
  { code: 'USD', exponent: 2, rate: 0.921 },
  { code: 'GBP', exponent: 2, rate: 1.1742 },
  { code: 'CHF', exponent: 2, rate: 1.0613 },
  { code: 'SEK', exponent: 2, rate: 0.0873 },
  { code: 'PLN', exponent: 2, rate: 0.2331 },
  { code: 'BRL', exponent: 2, rate: 0.1618 },
  { code: 'TRY', exponent: 2, rate: 0.02614 },
  { code: 'JPY', exponent: 0, rate: 0.006127 },
  { code: 'KWD', exponent: 3, rate: 2.9987 },
];

/** Published for the first time on the launch's fourth day: earlier payments in it cannot be converted. */
export const LATE_CURRENCY = { code: 'KWD', firstDay: 3 } as const;

export interface Country {
  readonly code: string;
  readonly name: string;
  readonly region: string;
  readonly currency: string;
  readonly cities: readonly string[];
  readonly timezone: string;
  /** Hours, in winter: when people are awake. */
  readonly utcOffset: number;
}

export const COUNTRIES: readonly Country[] = [
  {
    code: 'FR',
    name: 'France',
    region: 'Europe',
    currency: 'EUR',
    cities: ['Paris', 'Lyon', "Villeneuve-d'Ascq"],
    timezone: 'Europe/Paris',
    utcOffset: 1,
  },
  {
    code: 'DE',
    name: 'Germany',
    region: 'Europe',
    currency: 'EUR',
    cities: ['Berlin', 'München', 'Köln'],
    timezone: 'Europe/Berlin',
    utcOffset: 1,
  },
  {
    code: 'ES',
    name: 'Spain',
    region: 'Europe',
    currency: 'EUR',
    cities: ['Madrid', 'A Coruña'],
    timezone: 'Europe/Madrid',
    utcOffset: 1,
  },
  {
    code: 'IT',
    name: 'Italy',
    region: 'Europe',
    currency: 'EUR',
    cities: ['Roma', 'Forlì'],
    timezone: 'Europe/Rome',
    utcOffset: 1,
  },
  {
    code: 'NL',
    name: 'Netherlands',
    region: 'Europe',
    currency: 'EUR',
    cities: ['Amsterdam', "'s-Hertogenbosch"],
    timezone: 'Europe/Amsterdam',
    utcOffset: 1,
  },
  {
    code: 'GR',
    name: 'Greece',
    region: 'Europe',
    currency: 'EUR',
    cities: ['Αθήνα', 'Θεσσαλονίκη'],
    timezone: 'Europe/Athens',
    utcOffset: 2,
  },
  {
    code: 'GB',
    name: 'United Kingdom',
    region: 'Europe',
    currency: 'GBP',
    cities: ['London', 'Leeds'],
    timezone: 'Europe/London',
    utcOffset: 0,
  },
  {
    code: 'CH',
    name: 'Switzerland',
    region: 'Europe',
    currency: 'CHF',
    cities: ['Zürich', 'Genève'],
    timezone: 'Europe/Zurich',
    utcOffset: 1,
  },
  {
    code: 'SE',
    name: 'Sweden',
    region: 'Europe',
    currency: 'SEK',
    cities: ['Stockholm', 'Åre'],
    timezone: 'Europe/Stockholm',
    utcOffset: 1,
  },
  {
    code: 'PL',
    name: 'Poland',
    region: 'Europe',
    currency: 'PLN',
    cities: ['Kraków', 'Łódź'],
    timezone: 'Europe/Warsaw',
    utcOffset: 1,
  },
  {
    code: 'TR',
    name: 'Turkey',
    region: 'Asia',
    currency: 'TRY',
    cities: ['İstanbul', 'Ankara'],
    timezone: 'Europe/Istanbul',
    utcOffset: 3,
  },
  {
    code: 'US',
    name: 'United States',
    region: 'Americas',
    currency: 'USD',
    cities: ['New York', "Coeur d'Alene"],
    timezone: 'America/New_York',
    utcOffset: -5,
  },
  {
    code: 'BR',
    name: 'Brazil',
    region: 'Americas',
    currency: 'BRL',
    cities: ['São Paulo', 'Brasília'],
    timezone: 'America/Sao_Paulo',
    utcOffset: -3,
  },
  {
    code: 'JP',
    name: 'Japan',
    region: 'Asia',
    currency: 'JPY',
    cities: ['東京', '大阪'],
    timezone: 'Asia/Tokyo',
    utcOffset: 9,
  },
  {
    code: 'KW',
    name: 'Kuwait',
    region: 'Asia',
    currency: 'KWD',
    cities: ['مدينة الكويت'],
    timezone: 'Asia/Kuwait',
    utcOffset: 3,
  },
];

/** The cities' numbers are their places in this list. */
export const CITIES = COUNTRIES.flatMap(({ code, cities, timezone }) =>
  cities.map((name) => ({
    country: code,
    name,
    timezone: name === "Coeur d'Alene" ? 'America/Los_Angeles' : timezone,
  })),
);

/** Renamed in the first week: a change of a dimension that everything refers to. */
export const COUNTRY_RENAME = { code: 'TR', name: 'Türkiye', day: 5 } as const;

export const STATUSES = [
  { code: 'pending', captured: false },
  { code: 'succeeded', captured: true },
  { code: 'failed', captured: false },
  { code: 'refunded', captured: true },
  { code: 'disputed', captured: true },
] as const;
export type Status = (typeof STATUSES)[number]['code'];

export const PAYMENT_METHODS = ['Credit Card', 'Debit Card', 'Bank Transfer', 'Digital Wallet'] as const;
export const DEVICES = ['mobile', 'desktop', 'tablet'] as const;
export const INDUSTRIES = ['Retail', 'Travel', 'Food', 'Software', 'Gaming', 'Health'] as const;
export const SIZES = ['Small', 'Medium', 'Large'] as const;
export const SEGMENTS = ['Standard', 'Premium', 'Business'] as const;

export const BILLING_INTERVALS = ['week', 'month', 'year'] as const;

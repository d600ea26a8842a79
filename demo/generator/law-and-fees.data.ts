/** Standard and reduced value added tax of each country. */
export const TAX_RATES: Readonly<Record<string, readonly [string, string]>> = {
  FR: ['0.2000', '0.0550'],
  DE: ['0.1900', '0.0700'],
  ES: ['0.2100', '0.1000'],
  IT: ['0.2200', '0.1000'],
  NL: ['0.2100', '0.0900'],
  GR: ['0.2400', '0.1300'],
  GB: ['0.2000', '0.0500'],
  CH: ['0.0810', '0.0260'],
  SE: ['0.2500', '0.1200'],
  PL: ['0.2300', '0.0800'],
  TR: ['0.2000', '0.1000'],
  US: ['0.0000', '0.0000'],
  BR: ['0.1700', '0.0700'],
  JP: ['0.1000', '0.0800'],
  KW: ['0.0000', '0.0000'],
};

/** The national day of each country, month and day. */
export const NATIONAL_DAYS: Readonly<Record<string, readonly [string, string]>> = {
  FR: ['07-14', 'Fête nationale'],
  DE: ['10-03', 'Tag der Deutschen Einheit'],
  ES: ['10-12', 'Fiesta Nacional'],
  IT: ['06-02', 'Festa della Repubblica'],
  NL: ['04-27', 'Koningsdag'],
  GR: ['10-28', 'Επέτειος του Όχι'],
  GB: ['12-26', 'Boxing Day'],
  CH: ['08-01', 'Bundesfeier'],
  SE: ['06-06', 'Sveriges nationaldag'],
  PL: ['11-11', 'Narodowe Święto Niepodległości'],
  TR: ['10-29', 'Cumhuriyet Bayramı'],
  US: ['07-04', 'Independence Day'],
  BR: ['11-15', 'Proclamação da República'],
  JP: ['11-03', '文化の日'],
  KW: ['02-25', 'اليوم الوطني'],
};

/** Closed nearly everywhere, month and day. */
export const COMMON_HOLIDAYS = [
  ['01-01', "New Year's Day"],
  ['05-01', 'Labour Day'],
  ['12-25', 'Christmas'],
] as const;

/** Percent and fixed part in euros, for small merchants; larger ones pay less. */
export const FEES: Readonly<Record<string, readonly [number, number]>> = {
  'Credit Card': [0.029, 0.3],
  'Debit Card': [0.015, 0.25],
  'Bank Transfer': [0.008, 0.2],
  'Digital Wallet': [0.025, 0.35],
};

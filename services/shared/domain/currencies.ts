/** ISO 4217: decimal places of each currency. Currencies withdrawn since 2010 are kept, because
 *  imports are older than that. */
const codesByExponent: readonly (readonly [exponent: number, codes: string])[] = [
  [0, 'BIF BYR CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  [
    2,
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN ' +
      'BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EEK EGP ERN ETB EUR ' +
      'FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR ' +
      'KPW KYD KZT LAK LBP LKR LRD LSL LTL LVL MAD MDL MGA MKD MMK MNT MOP MRO MRU MUR MVR MWK ' +
      'MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD ' +
      'SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STD STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD ' +
      'TZS UAH USD USN UYU UZS VED VEF VES WST XCD XCG YER ZAR ZMK ZMW ZWG ZWL',
  ],
];

const exponents: ReadonlyMap<string, number> = new Map(
  codesByExponent.flatMap(([exponent, codes]) =>
    codes.split(' ').map((code) => [code, exponent] as const),
  ),
);

/** The code as ISO 4217 writes it, from any case; null where there is no such currency. */
export function currencyOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  if (exponents.has(value)) return value;
  const code = value.trim().toUpperCase();
  return exponents.has(code) ? code : null;
}

/** Decimal places of a currency that `currencyOf` returned. */
export function exponentOf(currency: string): number {
  const exponent = exponents.get(currency);
  if (exponent === undefined) throw new Error(`${currency} is no ISO 4217 currency`);
  return exponent;
}

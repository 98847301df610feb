/** A kind of device and how its SDK describes it. */
export interface Device {
  readonly weight: number;
  readonly isPhone: boolean;
  readonly library: { readonly name: string; readonly version: string };
  /** Browsers have one; the SDKs of apps send none. */
  readonly userAgent: string | null;
  /** What an app's SDK says of the phone; null in a browser. */
  readonly app: AppContext | null;
}

interface AppContext {
  readonly app: { readonly name: string; readonly version: string };
  readonly device: { readonly type: string; readonly manufacturer: string; readonly model: string };
  readonly os: { readonly name: string; readonly version: string };
}

const analyticsJs = { name: 'analytics.js', version: 'npm:next-1.81.0' };
const shopApp = { name: 'Example Shop', version: '5.4.1' };

const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const android = 'Mozilla/5.0 (Linux; Android 10; K)';
const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0';
const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

/** Four visits of ten on a computer, six on a phone, two of them in the shop's own app. */
export const devices: readonly Device[] = [
  browser(16, false, `${windows} ${chrome} Safari/537.36`),
  browser(5, false, `${windows} ${chrome} Safari/537.36 Edg/141.0.0.0`),
  browser(9, false, `${mac} ${chrome} Safari/537.36`),
  browser(6, false, `${mac} ${webKit} Version/18.6 Safari/605.1.15`),
  browser(4, false, 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0'),
  browser(
    22,
    true,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${webKit} Version/18.6 Mobile/15E148 Safari/604.1`,
  ),
  browser(18, true, `${android} ${chrome} Mobile Safari/537.36`),
  app(11, 'analytics-swift', '1.9.1', {
    app: shopApp,
    device: { type: 'ios', manufacturer: 'Apple', model: 'iPhone15,4' },
    os: { name: 'iOS', version: '18.6' },
  }),
  app(9, 'analytics-kotlin', '1.21.0', {
    app: shopApp,
    device: { type: 'android', manufacturer: 'Samsung', model: 'SM-A546B' },
    os: { name: 'Android', version: '15' },
  }),
];

/** The first of the list: a browser on a computer. */
export const computer: Device = devices[0] as Device;

function browser(weight: number, isPhone: boolean, userAgent: string): Device {
  return { weight, isPhone, library: analyticsJs, userAgent, app: null };
}

function app(weight: number, name: string, version: string, context: AppContext): Device {
  return { weight, isPhone: true, library: { name, version }, userAgent: null, app: context };
}

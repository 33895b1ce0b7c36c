import type { Config } from '../config/config.js';
import type { Resource } from '../domain/resources/resource.js';
import { PAGE_LANGUAGES } from '../http/locale.js';
import type { ProtocolSettings } from '../provider/provider-dependencies.js';
import { CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.js';

/**
 * What the configuration says of the protocol.
 * @param resources all that tokens may be for, the API of this product among them
 */
export function protocolSettings(
  config: Omit<Config, 'secretKeys'>,
  resources: readonly Resource[],
): ProtocolSettings {
  return {
    ...config,
    resources,
    uiLocales: PAGE_LANGUAGES,
    allowLoopback: config.mode !== 'production',
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  };
}

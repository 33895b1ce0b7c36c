import type { Config } from '../config/config.js';
import { withApiResource } from '../domain/resources/api-resource.js';
import { PAGE_LANGUAGES } from '../http/locale.js';
import type { ProtocolSettings } from '../provider/provider-dependencies.js';
import { CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.js';

/** What the configuration says of the protocol. */
export function protocolSettings(config: Omit<Config, 'secretKeys'>): ProtocolSettings {
  return {
    ...config,
    resources: withApiResource(config.resources, config.issuer),
    uiLocales: PAGE_LANGUAGES,
    allowLoopback: config.mode !== 'production',
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  };
}

import { fault, fine, type Finding } from '../finding.js';
import type { SeenRequest } from '../probe.js';
import { DISCOVERY_PATH } from './issuer-view.js';

/** Whether a request arrives at the path that was asked for. */
export function checkPath({ target }: SeenRequest): readonly Finding[] {
  if (target === DISCOVERY_PATH) return [fine('proxy.path_kept', 'The proxy passes paths on as they are.')];
  if (target.replace(/\/{2,}/g, '/') === DISCOVERY_PATH) {
    return [
      fault(
        'proxy.double_slash',
        `The path ${DISCOVERY_PATH} arrives as ${target}: the proxy adds a slash.`,
        'End the address in proxy_pass after the port, without a slash and without a path: proxy_pass http://127.0.0.1:3000;',
      ),
    ];
  }
  return [
    fault(
      'proxy.path_prefix',
      `The path ${DISCOVERY_PATH} arrives as ${target}: the proxy changes it.`,
      'Give the issuer a host of its own, and pass paths on as they are: location / { proxy_pass http://127.0.0.1:3000; }',
    ),
  ];
}

import { API_DOCS_CLIENT_ID, apiDocsAddress } from '../../../domain/clients/api-docs-client.js';
import { API_SCOPES, apiResourceIdentifier } from '../../../domain/resources/api-resource.js';

/** The page: files of this server only, no script and no style within it. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API documentation</title>
<link rel="stylesheet" href="swagger-ui.css">
<link rel="icon" type="image/png" href="favicon-32x32.png">
</head>
<body>
<noscript>This page needs JavaScript. The description itself is at <a href="../openapi.json">openapi.json</a>.</noscript>
<main id="api"></main>
<script src="swagger-ui-bundle.js"></script>
<script src="start.js"></script>
</body>
</html>
`;

/**
 * Starts Swagger UI: "Authorize" signs people in by the code flow with PKCE, for the resource of this API. Where a profile
 * leaves no room for the page's own client, it asks for the id of another.
 * @see RFC 7636, RFC 8707 §2
 */
export function startScript(issuer: string, { signIn }: { readonly signIn: boolean }): string {
  const settings = {
    url: `${issuer}/api/v1/openapi.json`,
    redirect: `${apiDocsAddress(issuer)}oauth2-redirect.html`,
    clientId: signIn ? API_DOCS_CLIENT_ID : '',
    resource: apiResourceIdentifier(issuer),
    // Chosen beforehand: without any scope there is no token, and nobody gets more by them than their roles allow.
    scopes: API_SCOPES,
  };
  return `'use strict';
const settings = ${JSON.stringify(settings)};
const ui = SwaggerUIBundle({
  url: settings.url,
  dom_id: '#api',
  deepLinking: true,
  validatorUrl: null,
  oauth2RedirectUrl: settings.redirect,
  presets: [SwaggerUIBundle.presets.apis],
});
ui.initOAuth({
  clientId: settings.clientId,
  usePkceWithAuthorizationCodeGrant: true,
  scopes: settings.scopes,
  additionalQueryStringParams: { resource: settings.resource },
});
`;
}

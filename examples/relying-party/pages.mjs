// The pages of the example. Everything that comes from outside is escaped.

/** @returns {string} text that is safe between tags and within quoted attributes */
export function escapeHtml(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return String(text).replace(/[&<>"']/g, (character) => entities[character]);
}

/** The page for somebody who is not signed in. */
export function homePage({ issuer, clientId }) {
  return page(
    'Example relying party',
    `<p>You are not signed in.</p>
    <p><a class="button" href="/login">Sign in</a></p>
    <p class="muted">Provider <code>${escapeHtml(issuer)}</code>, client <code>${escapeHtml(clientId)}</code></p>`,
  );
}

/** What the application has learned about the person. */
export function signedInPage({ claims, idToken, userinfo, tokens, refreshes, problem }) {
  const name = claims.name ?? userinfo?.name ?? userinfo?.email ?? claims.sub;
  return page(
    `Hello, ${name}`,
    `${problem ? `<p class="problem" role="alert">${escapeHtml(problem)}</p>` : ''}
    <div class="actions">
      <form method="post" action="/refresh"><button>Refresh the tokens</button></form>
      <form method="post" action="/logout"><button>Sign out</button></form>
    </div>
    <h2>ID token</h2>
    <p class="muted">Signature, issuer, audience and times were verified.</p>
    <h3>Header</h3>
    ${json(decodeHeader(idToken))}
    <h3>Claims</h3>
    ${json(claims)}
    <h2>Userinfo</h2>
    ${userinfo ? json(userinfo) : '<p class="muted">Not available.</p>'}
    <h2>Tokens</h2>
    <dl>
      <dt>Access token</dt><dd>ends ${tokens.expires_in} seconds after it was issued</dd>
      <dt>Scope</dt><dd><code>${escapeHtml(tokens.scope ?? '')}</code></dd>
      <dt>Refreshed</dt><dd>${refreshes === 1 ? 'once' : `${refreshes} times`}</dd>
      <dt>Refresh token</dt><dd>${tokens.refresh_token ? 'yes, new after every refresh' : 'none'}</dd>
    </dl>`,
  );
}

/** A page that says one thing and leads back to the start. */
export function messagePage(title, text) {
  return page(title, `<p>${escapeHtml(text)}</p><p><a class="button" href="/">Go to the start page</a></p>`);
}

/** The header of a JWT. @see RFC 7515 §4 */
function decodeHeader(jwt) {
  return JSON.parse(Buffer.from(jwt.split('.')[0], 'base64url').toString());
}

function json(value) {
  return `<pre tabindex="0">${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}

function page(title, body) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#c9ced6, #3c434d); --soft: light-dark(#f3f4f7, #1b2027); }
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: light-dark(#1a1f26, #e8ebef); background: light-dark(#fff, #12161b); }
main { max-width: 44rem; margin: 3rem auto; padding: 0 1.25rem; overflow-wrap: anywhere; }
h1 { font-size: 1.75rem; line-height: 1.25; }
h2 { margin-top: 2rem; font-size: 1.25rem; }
h3 { margin-bottom: .25rem; font-size: 1rem; }
pre { margin: 0; padding: .75rem 1rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: var(--soft); font: .875rem/1.5 ui-monospace, monospace; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; }
.muted { color: light-dark(#566070, #a2abb8); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
.button, button { display: inline-block; padding: .6rem 1.1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--soft); color: inherit; font: inherit; font-weight: 600; text-decoration: none; cursor: pointer; }
.problem { padding: .75rem 1rem; border-inline-start: .25rem solid #c0392b; background: var(--soft); }
`;

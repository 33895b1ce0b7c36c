// Asks an authenticator for a passkey. The form stays hidden where there are none.
const form = document.querySelector('form[data-passkey]');
const list = document.querySelector('[data-accepted]');

const swap = { '-': '+', _: '/', '+': '-', '/': '_' };
const decode = (text) => Uint8Array.from(atob(text.replace(/[-_]/g, (c) => swap[c])), (c) => c.charCodeAt());
const encode = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/[+/=]/g, (c) => swap[c] ?? '');

const withBytes = (item) => ({ ...item, id: decode(item.id) });
const read = ({ challenge, user, allowCredentials = [], excludeCredentials = [], ...options }) => ({
  ...options,
  challenge: decode(challenge),
  user: user && withBytes(user),
  allowCredentials: allowCredentials.map(withBytes),
  excludeCredentials: excludeCredentials.map(withBytes),
});
const write = ({ id, type, response }) => {
  const answer = { transports: response.getTransports?.() };
  for (const name in response) {
    if (response[name] instanceof ArrayBuffer) answer[name] = encode(response[name]);
  }
  return JSON.stringify({ id, rawId: id, type, response: answer });
};

let current;
let renewal;
let asked = Promise.resolve();

// A new question ends the one before it: the server waits for one answer alone.
async function ask(mediation) {
  current?.abort();
  clearTimeout(renewal);
  const { signal } = (current = new AbortController());
  const { csrf, credential } = form.elements;
  const body = new URLSearchParams({ csrf: csrf.value });
  const question = asked.then(() => fetch(form.dataset.options, { method: 'POST', body }));
  asked = question.catch(() => {});
  const reply = await question;
  if (!reply.ok || reply.redirected) {
    // The page is too old; loaded again it says so.
    if (!mediation) location.reload();
    return;
  }
  const publicKey = read(await reply.json());
  if (signal.aborted) return;
  if (mediation) renewal = setTimeout(offer, 240_000);
  const request = { publicKey, signal, mediation };
  credential.value = write(await navigator.credentials[form.dataset.passkey](request));
  form.submit();
}

// Offers passkeys where the name is typed.
async function offer() {
  try {
    if (await PublicKeyCredential.isConditionalMediationAvailable?.()) await ask('conditional');
  } catch {
    // There is the button.
  }
}

if (form && window.PublicKeyCredential) {
  const { conditional, exists, failed } = form.dataset;
  const status = form.querySelector('[role=status]');
  const begin = () => conditional === undefined || offer();
  form.hidden = false;
  document.querySelector('#passkey-missing')?.remove();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    status.textContent = '';
    ask().catch(({ name }) => {
      status.textContent = name === 'InvalidStateError' ? exists : failed;
      begin();
    });
  });
  begin();
}
if (list) {
  window.PublicKeyCredential?.signalAllAcceptedCredentials?.(JSON.parse(list.dataset.accepted)).catch(
    () => {},
  );
}

// The setup code arrives in the fragment, which is never sent to a server. It moves into the form, and out of
// the address bar and the history.
const code = document.getElementById('code');
if (code && location.hash.length > 1 && !document.getElementById(location.hash.slice(1))) {
  code.value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname + location.search);
  document.getElementById('email').focus();
}

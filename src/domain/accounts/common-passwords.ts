/**
 * What very many people choose when a long password is asked for, in folded case, without spaces and signs. A password
 * that is one of these, repeated or with figures and signs around it, is among the first guesses.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  access account admin administrator adminadmin adminpassword april august autumn azerty azertyuiop
  bonjour changeit changeme changemenow company companypassword contrasena december default defaultpassword
  february football friday geheim guest hallo hello helloworld iloveyou iloveyousomuch ihatepasswords
  january july june kennwort letmein letmeinplease liverpool login march master meinpasswort monday
  motdepasse mypassword mypasswordissecret mysecretpassword november october parola passord passwd password
  passwordpassword passwort passwortpasswort placeholder pleasechangeme pleaseletmein qwerty qwertyuiop
  qwertz qwertzuiop root rootpassword saturday schatz secret secretpassword securepassword september
  sommer spring strongpassword summer sunday sunshine superman supersecret supersecretpassword temp temporary
  temporarypassword test testpassword testtest testtesttest thisisapassword thisisasecret thisismypassword
  thisisnotapassword thursday topsecret topsecretpassword toto trustno1 tuesday user username
  verysecretpassword verysecurepassword verystrongpassword wednesday welcome welcomehome whatever winter
  youshallnotpass
  `
    .trim()
    .split(/\s+/),
);

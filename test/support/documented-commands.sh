# What the commands of a page find when a test runs them: sourced before them, by bash.
# $LATCHKEY is the program of the command line.

set -o pipefail

# Keeps what an answer tells, in the variables by which pages name it in their later commands.
remember() {
  local secret id token
  secret=$(grep -aoE 'lk_cs_[A-Za-z0-9_-]+' "$1" | head -n 1)
  if [ -n "$secret" ]; then
    id=$(sed -nE 's/^Client id +//p' "$1")
    case $2 in *'--type service'*) CLIENT_ID=$id CLIENT_SECRET=$secret ;; esac
    case $id in robot | console) printf -v "${id^^}" %s "$id:$secret" ;; esac
  fi
  token=$(grep -aoE '"access_token":"[^"]+' "$1" | cut -d '"' -f 4)
  if [ -n "$token" ]; then ACCESS_TOKEN=$token; fi
  id=$(grep -aoE '^\{"id":"[^"]+' "$1" | cut -d '"' -f 4)
  if [ -n "$id" ]; then ID=$id; fi
}

latchkey() {
  $LATCHKEY "$@" > .answer || { cat .answer; return 1; }
  cat .answer
  remember .answer "$*"
}

# In a checkout the same command is called by npm.
npm() {
  while [ "$1" != -- ]; do shift; done
  shift
  latchkey "$@"
}

curl() {
  command curl --fail-with-body --silent --show-error "$@" > .answer || { cat .answer; return 1; }
  cat .answer
  remember .answer
}

# The id of the last thing that a command lists.
last_of() {
  $LATCHKEY "$@" --json | sed -nE 's/^ +"k?id": "(.+)",$/\1/p' | tail -n 1
}

# Tells of a command that failed, and goes on with the next.
failed() {
  printf '%s\n%s\n\n' "$1" "$(cat .output)" >&2
}

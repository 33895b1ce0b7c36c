#!/bin/sh
# Makes the secrets that compose.yaml names, once: files that are there stay.
set -eu
cd "$(dirname "$0")/.."
mkdir -p secrets
chmod 700 secrets
random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'; }
[ -e secrets/secret-key ] || random >secrets/secret-key
[ -e secrets/database-password ] || random >secrets/database-password
[ -e secrets/database-url ] ||
  echo "postgres://latchkey:$(cat secrets/database-password)@postgres:5432/latchkey" >secrets/database-url
# The container's user is not the one that made them.
chmod 644 secrets/*

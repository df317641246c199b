#!/usr/bin/env bash
# The AWS CLI, verified by AWS's signature. The key in files/aws-cli.asc is AWS's, of this fingerprint; it expires on
# 1 July 2027, then AWS's page on installing the CLI has its successor.
set -euo pipefail
# shellcheck disable=SC1091
. /tmp/mayfly/install.sh

fingerprint=FB5DB77FD5C118B80511ADA8A6310ACC4672475C
case $ARCHITECTURE in
  x86_64) arch=x86_64 ;;
  arm64) arch=aarch64 ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GNUPGHOME=$work/gnupg
mkdir -m 700 "$GNUPGHOME"

gpg --batch --quiet --import /tmp/mayfly/aws-cli.asc
[ "$(gpg --batch --with-colons --fingerprint | awk -F: '$1 == "fpr" { print $10; exit }')" = "$fingerprint" ] ||
  { echo "aws-cli.asc is another key" >&2; exit 1; }
url=https://awscli.amazonaws.com/awscli-exe-linux-$arch-$AWS_CLI_VERSION.zip
download "$url" "$work/cli.zip"
download "$url.sig" "$work/cli.zip.sig"
gpg --batch --status-fd 1 --verify "$work/cli.zip.sig" "$work/cli.zip" | grep -q "VALIDSIG $fingerprint" ||
  { echo "the signature of $url is wrong" >&2; exit 1; }
unzip -q "$work/cli.zip" -d "$work"
"$work/aws/install"
aws --version

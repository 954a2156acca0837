#!/bin/sh
# Uses the sesctl that PATH leads to, from a folder that has nothing of ours:
# what it loads is what was installed.
set -eu

mk=$(cd "$(dirname "$0")" && pwd)

die() {
  echo "use-sesctl: $1" >&2
  exit 1
}

# Whether a command, $2 and on, prints $1.
prints() {
  expected=$1
  shift
  said=$(sesctl "$@" 2>&1) || die "sesctl $*: $said"
  [ "$said" = "$expected" ] || die "sesctl $* printed: $said"
}

# Whether a command, $2 and on, prints something with $1 in it.
shows() {
  part=$1
  shift
  said=$(sesctl "$@" 2>&1) || die "sesctl $*: $said"
  case $said in
    *"$part"*) ;;
    *) die "sesctl $* printed: $said" ;;
  esac
}

if [ "${1:-}" != called ]; then
  EMULATOR=--no-throttle exec sh "$mk/with-emulator.sh" sh "$mk/use-sesctl.sh" called
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

get='ses get-identity-mail-from-domain-attributes --identities example.com'

prints '{
    "Identity": "",
    "MailFromDomain": "",
    "BehaviorOnMXFailure": "UseDefaultValue"
}' ses set-identity-mail-from-domain --generate-cli-skeleton
shows "--email-identity" sesv2 get-email-identity help
prints '"MailFromDomain"' $get --generate-cli-skeleton output \
  --query 'MailFromDomainAttributes.*.MailFromDomain | [0]'
shows VerificationToken ses verify-domain-identity --domain example.com
prints '' ses set-identity-mail-from-domain --identity example.com \
  --mail-from-domain bounce.example.com
prints '' ses wait identity-exists --identities example.com
for format in json text table yaml yaml-stream; do
  shows bounce.example.com $get --output $format
done
shows GetIdentityMailFromDomainAttributes $get --debug
said=$(sesctl ses set-identity-mail-from-domain --cli-input-json '{}' 2>&1) &&
  die "an identity that is missing passes"
case $said in
  *'Missing required parameter in input: "Identity"'*) ;;
  *) die "an identity that is missing is told as: $said" ;;
esac

echo 'EmailIdentity: example.com' >input.yaml
said=$(sesctl sesv2 get-email-identity --cli-input-yaml file://input.yaml --output text \
  --query MailFromAttributes.MailFromDomain 2>&1) || true
case $said in
  bounce.example.com) ;;
  *"reading YAML takes lyaml"*) echo "use-sesctl: there is no lyaml, and no YAML was read" ;;
  *) die "the YAML gave: $said" ;;
esac
echo "use-sesctl: $(sesctl --version) did it all"
